import type { Outcome } from '../groups/outcome.ts';
import type { PostponementReason } from '../groups/postponement-reason.ts';

/** The codes that a creation can end in failure with. */
export type FailureCode =
  | 'group-conflict'
  | 'connection-not-found'
  | 'graph-rejected'
  | 'graph-access-denied'
  | 'gave-up';

interface Rule {
  /** `answer`: the caller hears it at once; `defer`: accepted with 202 and kept. */
  readonly http: 'answer' | 'defer';
  readonly queue: 'done' | 'fail' | 'postpone';
  /** For `fail`, and for `postpone` once the creation is too old. */
  readonly failure: FailureCode | null;
  readonly reason: PostponementReason | null;
  /** Seconds: the first wait, doubled with every attempt up to the longest, where Graph names no wait. */
  readonly backoff: { readonly first: number; readonly longest: number };
}

const none = { first: 0, longest: 0 };
const outage = { first: 2, longest: 900 };
/** A role grant reaches a token after minutes at best, up to 24 h at worst. */
const roleGrant = { first: 60, longest: 3600 };

/** What Graph said and what each door does with it: the whole policy. */
export const policy: { readonly [kind in Outcome['kind']]: Rule } = {
  created: { http: 'answer', queue: 'done', failure: null, reason: null, backoff: none },
  unchanged: { http: 'answer', queue: 'done', failure: null, reason: null, backoff: none },
  conflict: { http: 'answer', queue: 'fail', failure: 'group-conflict', reason: null, backoff: none },
  'unknown-connection': {
    http: 'answer',
    queue: 'fail',
    failure: 'connection-not-found',
    reason: null,
    backoff: none,
  },
  refused: { http: 'answer', queue: 'fail', failure: 'graph-rejected', reason: null, backoff: none },
  denied: {
    http: 'answer',
    queue: 'postpone',
    failure: 'graph-access-denied',
    reason: 'denied',
    backoff: roleGrant,
  },
  throttled: { http: 'defer', queue: 'postpone', failure: 'gave-up', reason: 'throttled', backoff: outage },
  unavailable: {
    http: 'defer',
    queue: 'postpone',
    failure: 'gave-up',
    reason: 'unavailable',
    backoff: outage,
  },
};

export type QueueDecision =
  | { readonly do: 'done' }
  | { readonly do: 'postpone'; readonly seconds: number; readonly reason: PostponementReason }
  | { readonly do: 'dead-letter'; readonly code: FailureCode };

export interface Circumstances {
  /** Attempts made against Graph so far, this one included. */
  readonly attempts: number;
  /** Seconds since the creation was first queued. */
  readonly age: number;
  /** Seconds: the age at which a creation that still fails is given up. */
  readonly giveUpAfter: number;
  /** A number in [0, 1): spreads a herd that was turned away at the same moment. */
  readonly random: number;
}

/** The longest visibility delay that a storage queue takes: 7 days, in seconds. */
export const longestDelay = 604_800;

/**
 * What the queue twin does with an outcome. A wait that Graph names is kept even past the give-up age, and the
 * attempt after it is the last; a wait of our own choosing never reaches past that age. What was not tried, because
 * the connection had no turn for it, is never given up.
 */
export function decideQueued(outcome: Outcome, circumstances: Circumstances): QueueDecision {
  const rule = policy[outcome.kind];
  if (!wasTried(outcome))
    return { do: 'postpone', seconds: delayBefore(outcome, circumstances), reason: 'throttled' };
  if (rule.queue === 'done' || rule.failure === null) return { do: 'done' };
  if (rule.queue === 'fail' || rule.reason === null) return { do: 'dead-letter', code: rule.failure };
  if (circumstances.age >= circumstances.giveUpAfter) return { do: 'dead-letter', code: rule.failure };
  return { do: 'postpone', seconds: delayBefore(outcome, circumstances), reason: rule.reason };
}

/** False where our own limiter held the call back before Graph was asked anything: no attempt, at any age. */
export function wasTried(outcome: Outcome): boolean {
  return outcome.kind !== 'throttled' || outcome.graph !== null;
}

/** Seconds to wait before the next attempt: at least what Graph asks for, else backoff; jittered; at most 7 days. */
export function delayBefore(outcome: Outcome, { attempts, age, giveUpAfter, random }: Circumstances): number {
  const asked = 'retryAfter' in outcome ? outcome.retryAfter : null;
  if (asked !== null) {
    const spread = Math.min(30, Math.max(1, asked * 0.1));
    return Math.min(longestDelay, asked + random * spread);
  }
  const { first, longest } = policy[outcome.kind].backoff;
  const full = Math.min(longest, first * 2 ** Math.min(20, Math.max(0, attempts - 1)));
  const jittered = full / 2 + (random * full) / 2;
  return Math.min(jittered, Math.max(1, giveUpAfter - age));
}
