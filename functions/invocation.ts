import type { InvocationContext } from '@azure/functions';
import type { Invocation, TriggerMetadata } from '../src/app.ts';
import { escapeControls } from '../src/shared/escape-controls.ts';

/** The trigger library's context as the app knows it. */
export function toInvocation(context: InvocationContext): Invocation {
  const { invocationId, traceContext } = context;
  return { invocationId, traceContext, log: (level, line) => context[level](escapeControls(line)) };
}

/** What the trigger says of a queue message, as the app knows it. */
export function toTriggerMetadata(context: InvocationContext): TriggerMetadata {
  const { log, traceContext } = toInvocation(context);
  const { id, insertionTime, dequeueCount } = context.triggerMetadata ?? {};
  return { messageId: id, insertedOn: insertionTime, dequeueCount, traceContext, log };
}
