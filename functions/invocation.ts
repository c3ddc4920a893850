import type { InvocationContext } from '@azure/functions';
import type { Arrival, Invocation } from '../src/app.ts';

/** The trigger library's context as the app knows it. */
export function toInvocation(context: InvocationContext): Invocation {
  const { invocationId, traceContext } = context;
  return { invocationId, traceContext, log: (level, line) => context[level](line) };
}

/** The context of a queue message as the app knows it. */
export function toArrival(context: InvocationContext): Arrival {
  const { log, traceContext } = toInvocation(context);
  return { insertedOn: context.triggerMetadata?.insertionTime, traceContext, log };
}
