import { describeError } from '../../problems/adapter-error.ts';
import { LimitReached } from '../limiter/limit-reached.ts';
import type { ReadAnswer } from './read-answer.ts';

/** A call without a response from Graph. */
export interface NoAnswer {
  /** `held-back`: by our own limiter; `not-sent`: no token or no connection; `lost`: sent, and it may have had an effect. */
  readonly kind: 'held-back' | 'not-sent' | 'lost';
  /** For the operator: what failed and how. */
  readonly why: string;
  /** Seconds until a retry makes sense; null if unknown. */
  readonly retryAfter: number | null;
}

/** Makes a call; any failure is returned as a value. */
export async function callGraph(call: () => Promise<ReadAnswer>): Promise<ReadAnswer | NoAnswer> {
  let answer: Promise<ReadAnswer>;
  try {
    answer = call();
  } catch (thrown) {
    // Thrown, not rejected: the request could not even be addressed.
    return { kind: 'not-sent', why: describeError(thrown), retryAfter: null };
  }
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof LimitReached)
      return { kind: 'held-back', why: thrown.message, retryAfter: thrown.retryAfter };
    const step = thrown instanceof Error && 'step' in thrown ? thrown.step : 'sent';
    const where = isUnsent(step) ? unsent[step] : 'no answer';
    const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
    const why = `${where}: ${describeError(cause)}`;
    return { kind: isUnsent(step) ? 'not-sent' : 'lost', why, retryAfter: null };
  }
}

/** How a call failed that was certainly not sent, by the step it had reached. */
const unsent = { deadline: 'no time left', token: 'no token', connect: 'no connection' } as const;

function isUnsent(step: unknown): step is keyof typeof unsent {
  return typeof step === 'string' && Object.hasOwn(unsent, step);
}
