import type { ProblemCode } from '../../problems/catalogue.ts';
import { finish, type Steps } from '../../shared/steps.ts';
import { applyChange } from './apply-change.ts';
import type { Change } from './change.ts';
import { removalsBy } from './change-members.ts';
import { draft } from './draft.ts';
import { noSequence } from './entry.ts';
import { sumOf } from './head.ts';
import { type NamesSeen, noNames } from './named-members.ts';
import { isDenied, isSettled } from './progress.ts';
import type { LedgerState, SealedState } from './state.ts';
import { limits } from './timing.ts';

/** Why a change is not recorded. */
export interface RecordRefusal {
  readonly code: ProblemCode &
    (
      | 'group-conflict'
      | 'sequence-required'
      | 'too-many-removals'
      | 'too-many-members'
      | 'group-not-managed'
      | 'validation-failed'
    );
  readonly counts: { readonly [name: string]: number };
  /** JSON pointers to what is wrong. */
  readonly pointers?: readonly string[];
}

export type Recording =
  | { readonly kind: 'refused'; readonly refusal: RecordRefusal }
  /** Nothing needs to be written. */
  | { readonly kind: 'unchanged'; readonly superseded: boolean; readonly names: NamesSeen }
  | {
      readonly kind: 'changed';
      readonly state: SealedState;
      /** The group is declared absent: creations that were queued before are too old to create it. */
      readonly isDeletion: boolean;
      readonly names: NamesSeen;
    };

/** Records a change: the state to be written, or why it is not. `now` in storage time. */
export function record(state: LedgerState, change: Change, now: number): Recording {
  return finish(recordInSteps(state, change, now));
}

/** The same for a change that may be large. */
export function* recordInSteps(state: LedgerState, change: Change, now: number): Steps<Recording> {
  const refusal = yield* refusalOf(state, change);
  if (refusal !== null) return { kind: 'refused', refusal };
  const work = draft(state);
  const { applies, changed, isDeletion = false, names = noNames } = yield* applyChange(work, change, now);
  if (names.contradictory.length > 0)
    return {
      kind: 'refused',
      refusal: { code: 'validation-failed', counts: {}, pointers: names.contradictory },
    };
  if (!applies) return { kind: 'unchanged', superseded: change.sequence !== undefined, names };
  const { failed: wasFailed } = state.head;
  // Any change restarts a failed group, and one that waits for permissions: they may have been granted.
  if (!changed && !wasFailed && !isDenied(state.head) && !isNew(state))
    return { kind: 'unchanged', superseded: false, names };
  work.update({
    notBefore: 0,
    failed: false,
    error: null,
    highest: Math.max(work.head.highest, change.sequence ?? noSequence),
    changedAt: now,
    // Whether Graph tells connection ids apart by case is not documented: a spelling that it does not know is not kept.
    ...(isUnknownConnection(state.head) ? { connectionId: change.connectionId } : {}),
    ...(wasFailed ? { attempts: 0, failingSince: 0, crashes: 0 } : {}),
  });
  const sealed = yield* work.sealInSteps(now);
  const tooMany = excessOf(state, sealed);
  if (tooMany !== null) return { kind: 'refused', refusal: tooMany };
  const unsettledSince = isSettled(sealed.head) ? 0 : sealed.head.unsettledSince || now;
  const head = { ...sealed.head, unsettledSince };
  return { kind: 'changed', state: { ...sealed, head }, isDeletion, names };
}

/** What is wrong with a change before any of it is recorded. */
function* refusalOf(state: LedgerState, change: Change): Steps<RecordRefusal | null> {
  const { head } = state;
  const isRepair = ['retry', 'reassert', 'resequence'].includes(change.kind);
  if (isRepair && isNew(state)) return { code: 'group-not-managed', counts: {} };
  if (head.groupId !== change.groupId) return { code: 'group-conflict', counts: {} };
  if (!isRepair && change.sequence === undefined && head.highest !== noSequence)
    return { code: 'sequence-required', counts: {} };
  if (change.kind !== 'put-members') return null;
  const members = sumOf(head, 'wanted');
  const removals = yield* removalsBy(state, change);
  const isMany = removals > 10 && removals * 2 > members;
  if (!isMany || (change.removals ?? 0) >= removals) return null;
  return { code: 'too-many-removals', counts: { removals, members } };
}

function isUnknownConnection({ seen, error }: LedgerState['head']): boolean {
  return !seen && error?.code === 'connection-not-found';
}

function isNew({ head }: LedgerState): boolean {
  return head.changedAt === 0;
}

/** Only additions can exceed the limits: removing existing members is always allowed. */
function excessOf(before: LedgerState, after: SealedState): RecordRefusal | null {
  const wanted = sumOf(after.head, 'wanted');
  if (wanted > limits.members && wanted > sumOf(before.head, 'wanted'))
    return { code: 'too-many-members', counts: { given: wanted, allowed: limits.members } };
  const bytes = sumOf(after.head, 'bytes');
  if (bytes > limits.bytes && sumOf(after.head, 'entries') > sumOf(before.head, 'entries'))
    return { code: 'too-many-members', counts: { given: wanted, allowed: limits.members } };
  return null;
}
