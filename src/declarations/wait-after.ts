import type { Answer } from '../ledger/learn.ts';
import { delayBefore } from '../work/policy.ts';

/** Milliseconds until the next round after an answer that ended one: what Graph asks for, else backoff with jitter. */
export function waitAfter(answer: Answer, attempts: number, random: number): number {
  const circumstances = { attempts, age: 0, giveUpAfter: Number.POSITIVE_INFINITY, random };
  const seconds =
    answer.kind === 'denied'
      ? delayBefore(answer, circumstances)
      : delayBefore(
          {
            kind: 'unavailable',
            why: '',
            graph: null,
            retryAfter: 'retryAfter' in answer ? answer.retryAfter : null,
            uncertain: false,
          },
          circumstances,
        );
  return Math.ceil(seconds * 1000);
}
