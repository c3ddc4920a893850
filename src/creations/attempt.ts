import type { Outcome } from '../groups/outcome.ts';
import { describeError } from '../problems/adapter-error.ts';
import type { Clock } from '../shared/clock.ts';
import { within } from '../shared/within.ts';

export interface Attempt {
  readonly outcome: Outcome;
  /** The deadline passed before there was an outcome. */
  readonly isCutShort: boolean;
}

/** One attempt with one deadline (milliseconds), even if the call ignores its signal. */
export async function attemptWithin(
  milliseconds: number,
  create: (signal: AbortSignal) => Promise<Outcome>,
  clock: Clock,
): Promise<Attempt> {
  try {
    return await within(
      milliseconds,
      async (signal) => {
        const outcome = await create(signal);
        return { outcome, isCutShort: signal.aborted };
      },
      clock,
    );
  } catch (thrown) {
    if (!(thrown instanceof DOMException) || thrown.name !== 'TimeoutError') throw thrown;
    const why = `no outcome: ${describeError(thrown)}`;
    const outcome = { kind: 'silent', why, graph: null, retryAfter: null, uncertain: true } as const;
    return { outcome, isCutShort: true };
  }
}
