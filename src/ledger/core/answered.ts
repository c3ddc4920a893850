import type { GraphAnswer } from '../../groups/graph-answer.ts';
import type { Entry } from './entry.ts';
import type { Call } from './plan.ts';
import { timing } from './timing.ts';

/** The result of a call; `not-called`: its window was over, or an earlier answer ended the chunk. */
export type Answer = GraphAnswer | { readonly kind: 'not-called' };

export interface Answered {
  readonly call: Call;
  readonly answer: Answer;
}

/** Graph did not serve the call, so it would not serve the next one either. */
export const notServed: readonly Answer['kind'][] = ['silent', 'throttled', 'not-begun', 'denied'];

/** What the answers of a chunk say together. */
export interface Chunk {
  /** Storage time, milliseconds. */
  readonly now: number;
  /** Something in this chunk has shown that the group exists. */
  readonly isGroupThere: boolean;
  /** Graph had confirmed the group before, or refused it: no further answer about it is due. */
  readonly wasGroupAnswered: boolean;
}

/** A definite answer removes the mark of its own call; `silent` leaves it. */
export function withoutOwnMark<R extends Entry>(entry: R, { call, answer }: Answered): R {
  if (answer.kind === 'silent' || entry.current !== call.horizon) return entry;
  return { ...entry, current: call.previous };
}

/** Final: when it was marked, nothing begun earlier could still take effect, and no other want came in between. */
export function isFinal(entry: Entry, { isFinal: wasFinal, markedAt }: Call): boolean {
  return wasFinal && entry.late <= markedAt;
}

/** A 404 counts only if it is seen twice, some time apart, both times when no earlier write can take effect any more. */
export function after404<R extends Entry>(entry: R, final: boolean, now: number): R {
  return {
    ...entry,
    said404: entry.said404 || final,
    late: Math.max(entry.late, now + timing.unsure),
    step: 'again',
  };
}

/** Served calls for each 429 without Retry-After, above which the 429 means nothing for the next call. */
export const servedPerThrottle = 10;

/**
 * True for a 429 without `Retry-After`. One among many served calls is the price of finding the limit: the concurrency
 * limiter has already made room, and a pause would only slow the group down. Several close together do count.
 */
export function isThrottledWithoutWait(answer: Answer): boolean {
  return answer.kind === 'throttled' && answer.graph !== null && answer.retryAfter === null;
}
