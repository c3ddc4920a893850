import type { Unserved } from '../../groups/graph-answer.ts';
import { describeError } from '../../problems/adapter-error.ts';
import { LimitReached } from '../limiter/permit.ts';
import type { GraphResponse } from './read-response.ts';

/** Makes a call; without a response the failure is returned as a value. Never rejects. */
export async function attemptCall(call: () => Promise<GraphResponse>): Promise<GraphResponse | Unserved> {
  let response: Promise<GraphResponse>;
  try {
    response = call();
  } catch (thrown) {
    // Thrown, not rejected: the request could not even be addressed.
    return notBegun(thrown);
  }
  try {
    return await response;
  } catch (thrown) {
    if (thrown instanceof LimitReached)
      return { kind: 'throttled', why: thrown.message, graph: null, retryAfter: thrown.retryAfter };
    const step = thrown instanceof Error && 'step' in thrown ? thrown.step : 'sent';
    const where = isNotSent(step) ? notSent[step] : 'no answer';
    const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
    const why = `${where}: ${describeError(cause)}`;
    return { kind: isNotSent(step) ? 'not-begun' : 'silent', why, graph: null, retryAfter: null };
  }
}

/** The call could not even be made: a programming error, or a client that does not load. */
export function notBegun(thrown: unknown): Unserved {
  return { kind: 'not-begun', why: describeError(thrown), graph: null, retryAfter: null };
}

/** How a call failed that was certainly not sent, by the step it had reached. */
const notSent = { deadline: 'no time left', token: 'no token', connect: 'no connection' } as const;

function isNotSent(step: unknown): step is keyof typeof notSent {
  return typeof step === 'string' && Object.hasOwn(notSent, step);
}
