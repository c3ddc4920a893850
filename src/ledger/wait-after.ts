import { backoffs, delayBefore } from '../queue/policy.ts';
import type { Answer } from './core/answered.ts';

/** Milliseconds until the next round after an answer that ended one: what Graph asks for, else backoff with jitter. */
export function waitAfter(answer: Answer, attempts: number, random: number): number {
  const circumstances = { attempts, age: 0, giveUpAfter: Number.POSITIVE_INFINITY, random };
  const backoff = answer.kind === 'denied' ? backoffs.roleGrant : backoffs.outage;
  const retryAfter = 'retryAfter' in answer ? answer.retryAfter : null;
  return Math.ceil(delayBefore(backoff, { retryAfter }, circumstances) * 1000);
}
