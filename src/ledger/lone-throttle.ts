import type { GroupRead, WriteAnswer } from '../groups/graph-write.ts';

/** Calls that Graph has served for each 429 that names no wait, so that the 429 says nothing about the next call. */
export const servedPerThrottle = 10;

/**
 * True for a 429 without `Retry-After`. One among many served calls is what finding the limit costs: the concurrency
 * limiter has made room by then, and a pause would only slow the group down. Several close together are an answer.
 */
export function namesNoWait(answer: WriteAnswer | GroupRead | { readonly kind: 'not-called' }): boolean {
  return answer.kind === 'not-begun' && answer.graph?.status === 429 && answer.retryAfter === null;
}
