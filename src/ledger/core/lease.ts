import type { Head } from './head.ts';
import { maxCrashes, timing } from './timing.ts';

/** Another worker is processing the group, as far as the ledger knows. */
export function isLeased(head: Head, now: number): boolean {
  return head.lease !== null && head.lease.until > now;
}

/**
 * The head for a worker about to take the lease: an expired lease means that its holder crashed. After too many crashes
 * in a row the group is given up.
 */
export function withoutExpiredLease(head: Head, now: number): Head {
  if (head.lease === null || head.lease.until > now) return head;
  const crashes = head.crashes + 1;
  if (crashes < maxCrashes) return { ...head, lease: null, crashes };
  const detail = `The work on this group was interrupted ${crashes} times in a row.`;
  return { ...head, lease: null, crashes, failed: true, error: { code: 'crashed', detail, members: {} } };
}

/** Releasing a lease ends a series of crashes. */
export function withLeaseReleased(head: Head): Head {
  return { ...head, lease: null, crashes: 0 };
}

/** Milliseconds from its mark until the look of a holder is delivered: later after each crash. */
export function lookDelayOf({ crashes }: Head): number {
  return timing.lookAfter * 2 ** crashes;
}
