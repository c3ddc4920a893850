import type { PostponementReason } from '../groups/reasons.ts';
import type { ProblemCode } from '../problems/catalogue.ts';

/** Seconds: the first delay, doubled with every attempt up to the maximum, unless Graph asks for another. */
interface Backoff {
  readonly first: number;
  readonly max: number;
}

/** The delays of every kind of work. A role grant takes minutes at best to reach a token, up to 24 h at worst. */
export const backoffs = {
  outage: { first: 2, max: 900 },
  roleGrant: { first: 60, max: 3600 },
} as const satisfies Record<string, Backoff>;

/** What happens to queued work after an outcome; `giveUpCode`: the code it fails with once it is too old. */
export type QueueRule =
  | { readonly do: 'complete' }
  | { readonly do: 'dead-letter'; readonly code: ProblemCode }
  | {
      readonly do: 'reschedule';
      readonly reason: PostponementReason;
      readonly giveUpCode: ProblemCode;
      readonly backoff: Backoff;
    };

export type QueueDecision =
  | { readonly do: 'complete' }
  | { readonly do: 'reschedule'; readonly seconds: number; readonly reason: PostponementReason }
  | { readonly do: 'dead-letter'; readonly code: ProblemCode; readonly gaveUp: boolean };

export interface Attempt {
  /** False if our own limiter held the work back before Graph was called. */
  readonly wasTried: boolean;
  /** Seconds that Graph asks to wait; null if it does not. */
  readonly retryAfter: number | null;
}

interface Circumstances {
  /** Attempts so far, including this one. */
  readonly attempts: number;
  /** Seconds since the work was first queued. */
  readonly age: number;
  /** Seconds: the age at which work that still fails is given up. */
  readonly giveUpAfter: number;
  /** A number in [0, 1): spreads out work that was turned away at the same moment. */
  readonly random: number;
}

/** The circumstances of a work item, whose times are in milliseconds. */
export function circumstancesOf(
  { attempts, age }: Pick<Circumstances, 'attempts' | 'age'>,
  giveUpAfter: number,
  random: number,
): Circumstances {
  return { attempts, age: age / 1000, giveUpAfter: giveUpAfter / 1000, random };
}

/** The longest visibility delay that a storage queue accepts: 7 days, in seconds. */
export const maxDelay = 604_800;

/**
 * What the queue worker does after an attempt. A delay that Graph asks for is kept even past the give-up age, and the
 * attempt after it is the last; a delay of our own choosing never extends past that age. Work that was never attempted
 * is not given up at that age, but only when waiting for a turn can no longer explain its age.
 */
export function decide(rule: QueueRule, attempt: Attempt, circumstances: Circumstances): QueueDecision {
  if (rule.do === 'complete') return rule;
  if (rule.do === 'dead-letter') return { ...rule, gaveUp: false };
  const { giveUpAfter, age } = circumstances;
  const end = attempt.wasTried ? giveUpAfter : untriedGiveUpAfter(giveUpAfter);
  if (age >= end) return { do: 'dead-letter', code: rule.giveUpCode, gaveUp: true };
  const seconds = delayBefore(rule.backoff, attempt, circumstances);
  return { do: 'reschedule', seconds, reason: rule.reason };
}

/** Seconds: every delay that can be asked for, plus the give-up age a second time. */
export function untriedGiveUpAfter(giveUpAfter: number): number {
  return 2 * giveUpAfter + maxDelay;
}

/** Seconds to wait before the next attempt: at least what Graph asks for, else backoff; with jitter; at most 7 days. */
export function delayBefore(
  backoff: Backoff,
  { retryAfter }: Pick<Attempt, 'retryAfter'>,
  { attempts, age, giveUpAfter, random }: Circumstances,
): number {
  if (retryAfter !== null) {
    const spread = Math.min(30, Math.max(1, retryAfter * 0.1));
    return Math.min(maxDelay, retryAfter + random * spread);
  }
  const full = Math.min(backoff.max, backoff.first * 2 ** Math.min(20, Math.max(0, attempts - 1)));
  const jittered = full / 2 + (random * full) / 2;
  return Math.min(jittered, Math.max(1, giveUpAfter - age));
}
