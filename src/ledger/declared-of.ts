import type { Head } from './core/head.ts';
import { dueAt } from './core/progress.ts';
import { failureOf, stateOf, toGroupRecord } from './core/to-record.ts';
import type { Stands } from './declaration.ts';

/** What the sender of a recorded change is told. */
export function declaredOf(head: Head, now: number): Stands {
  const groupRecord = toGroupRecord(head);
  const state = stateOf(head);
  const failure = failureOf(head);
  if (state === 'applied') return { kind: 'settled', record: groupRecord };
  if (failure !== null && state === 'failed')
    return { kind: 'failed', record: groupRecord, problem: failure };
  return { kind: 'recorded', record: groupRecord, retryAfter: secondsUntilDue(head, now) };
}

/** Whole seconds, between 1 s and 5 min. */
function secondsUntilDue(head: Head, now: number): number {
  const due = dueAt(head);
  return Math.min(300, Math.max(1, Math.ceil((due - now) / 1000)));
}
