import type { Answer } from './answered.ts';

/** Served calls for each 429 without Retry-After, above which the 429 says nothing about the next call. */
export const servedPerThrottle = 10;

/**
 * True for a 429 without `Retry-After`. One among many served calls is the price of finding the limit: the concurrency
 * limiter has already made room, and a pause would only slow the group down. Several close together do count.
 */
export function isThrottledWithoutWait(answer: Answer): boolean {
  return answer.kind === 'throttled' && answer.graph !== null && answer.retryAfter === null;
}
