import type { Problem } from '../problems/problem.ts';
import type { GroupRecord } from './core/group-record.ts';
import { failureOf, stateOf, toGroupRecord } from './core/group-record.ts';
import type { Head } from './core/head.ts';
import { dueAt } from './core/progress.ts';

/** The result of a change. */
export type ChangeResult =
  | ResultById
  /** Recorded except for members whose names no user has, or several users have. */
  | {
      readonly kind: 'names-refused';
      readonly record: GroupRecord;
      readonly problem: Problem;
    }
  /** Nothing is recorded: the change itself is refused. */
  | Refused;

/** The result of a change whose members all have ids. */
export type ResultById = RecordedResult & {
  /** Everything it names has this sequence or a higher one: nothing changed, and the record stands as it is. */
  readonly superseded?: true;
  /** JSON pointers to removals by a name that no user has and by which no member was declared. */
  readonly unmatched?: readonly string[];
};

export interface Refused {
  readonly kind: 'refused';
  readonly problem: Problem;
}

/** The state of a recorded group. */
type RecordedResult =
  /** Recorded and settled, or nothing to do. */
  | { readonly kind: 'settled'; readonly record: GroupRecord }
  /** Recorded; `retryAfter`: whole seconds until polling makes sense. */
  | { readonly kind: 'recorded'; readonly record: GroupRecord; readonly retryAfter: number }
  /** Recorded, but Graph refused the connection, the payload, the identity or members. */
  | { readonly kind: 'failed'; readonly record: GroupRecord; readonly problem: Problem };

/** The result for the sender of a recorded change. */
export function resultOf(head: Head, now: number): RecordedResult {
  const record = toGroupRecord(head);
  const state = stateOf(head);
  const failure = failureOf(head);
  if (state === 'applied') return { kind: 'settled', record };
  if (failure !== null && state === 'failed') return { kind: 'failed', record, problem: failure };
  return { kind: 'recorded', record, retryAfter: secondsUntilDue(head, now) };
}

/** Whole seconds, between 1 s and 5 min. */
function secondsUntilDue(head: Head, now: number): number {
  return Math.min(300, Math.max(1, Math.ceil((dueAt(head) - now) / 1000)));
}
