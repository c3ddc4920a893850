import { draft, type LedgerState, type SealedState } from './draft.ts';
import { addAnew } from './group-answer.ts';
import { isGroupDone } from './progress.ts';

/** True where what Graph shows of the group can be compared with what was declared. */
export function isComparable({ head }: Pick<LedgerState, 'head'>): boolean {
  return head.want.kind === 'present' && isGroupDone(head) && !head.failed;
}

/**
 * The state after somebody else has changed the group in Graph: it is written again. Where it is missing, so are its
 * members: all pages must have been read. What PATCH then finds may be an old creation that landed late, empty; and what
 * a holder of the lease has under way was answered by the group that is gone, so its answers are dropped with its lease.
 */
export function repair(state: LedgerState, found: 'different' | 'missing', now: number): SealedState {
  const work = draft(state);
  const { unsettledSince } = work.head;
  work.update({ step: 'todo', said404: false, notBefore: 0, unsettledSince: unsettledSince || now });
  if (found === 'missing') {
    work.update({ lease: null });
    addAnew(work);
  }
  return work.seal(now);
}

/** A gone group without its tombstones: what is forgotten first. */
export function withoutMembers(state: LedgerState, now: number): SealedState {
  const work = draft(state);
  work.replaceMembers([]);
  return work.seal(now);
}
