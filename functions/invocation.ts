import type { InvocationContext } from '@azure/functions';
import type { Invocation, TriggerMetadata } from '../src/app.ts';
import { escapeControls } from '../src/shared/escape-controls.ts';

/** The trigger library's context, reduced to what the app uses. */
export function toInvocation(context: InvocationContext): Invocation {
  const { invocationId, traceContext } = context;
  return { invocationId, traceContext, log: (level, line) => context[level](escapeControls(line)) };
}

/** The trigger metadata of a queue message, reduced to what the app uses. */
export function toTriggerMetadata(context: InvocationContext): TriggerMetadata {
  const { log, traceContext } = toInvocation(context);
  const { id, insertionTime, dequeueCount } = context.triggerMetadata ?? {};
  return { messageId: id, insertedOn: insertionTime, dequeueCount, traceContext, log };
}
