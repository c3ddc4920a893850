import { finish, type Steps } from '../../shared/steps.ts';
import { draft } from './draft.ts';
import { addAnewInSteps } from './group-answer.ts';
import { isGroupDone } from './progress.ts';
import type { LedgerState, SealedState } from './state.ts';

/** True if Graph's state of the group can be compared with the declared one. */
export function isComparable({ head }: Pick<LedgerState, 'head'>): boolean {
  return head.want.kind === 'present' && isGroupDone(head) && !head.failed;
}

/**
 * The state after somebody else has changed the group in Graph: it is written again. If it is missing, which Graph must
 * have said twice, so are its members: all pages must have been read. Its creation may then find an old one that took
 * effect late, empty; and calls in progress were answered by the group that is gone, so their answers are dropped together
 * with the lease.
 */
export function* repair(state: LedgerState, found: 'different' | 'missing', now: number): Steps<SealedState> {
  const work = draft(state);
  const { unsettledSince } = work.head;
  work.update({ step: 'todo', said404: false, notBefore: 0, unsettledSince: unsettledSince || now });
  if (found === 'missing') {
    work.update({ lease: null, seen: false });
    yield* addAnewInSteps(work);
  }
  return yield* work.sealInSteps(now);
}

/** A deleted group without its tombstones, which are forgotten first. */
export function withoutMembers(state: LedgerState, now: number): SealedState {
  const work = draft(state);
  finish(work.replaceMembers([]));
  return work.seal(now);
}
