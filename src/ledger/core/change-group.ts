import { forEachInSteps, type Steps } from '../../shared/steps.ts';
import { type Applied, combined, superseded } from './applied.ts';
import { tryAgain } from './apply-repair.ts';
import type { Draft } from './draft.ts';
import { isOlder, type MemberEntry, withNewWant } from './entry.ts';
import { type GroupWant, type Head, sameWant } from './head.ts';
import { openUntil } from './progress.ts';
import { fresh, membersOf, raiseWatermark, removed, setMembers } from './set-members.ts';

export function putGroup(work: Draft, want: GroupWant, sequence: number): Applied {
  const { head } = work;
  if (isOlder(sequence, head.sequence)) return superseded;
  const isRefused = head.step === 'refused';
  if (!sameWant(head.want, want)) {
    // A deletion in progress is completed first; the group declared after it starts from scratch.
    if (head.ending) work.update({ want, sequence, ...(isRefused ? tryAgain : {}) });
    else work.update({ want, refusal: null, ...withNewWant(withoutWait(head), sequence) });
    return { applies: true, changed: true };
  }
  if (isRefused) work.update(tryAgain);
  const isHigher = sequence > head.sequence;
  if (isHigher) work.update({ sequence });
  return { applies: true, changed: isHigher || isRefused };
}

export function* deleteGroup(work: Draft, sequence: number, now: number): Steps<Applied> {
  const { head } = work;
  const applies = !isOlder(sequence, head.sequence);
  const all: Applied[] = [{ applies, changed: false }];
  if (applies && head.want.kind !== 'gone') {
    all.push({ applies: true, changed: true, isDeletion: true });
    work.update({ want: { kind: 'gone' }, sequence, deletedAt: now });
    if (!head.ending) work.update(endLife(withoutWait(head)));
    else if (head.step === 'refused') work.update(tryAgain);
  } else if (applies) {
    const isRefused = head.step === 'refused';
    if (isRefused) work.update(tryAgain);
    // A repeated deletion counts anew: a creation that was queued before it is too old as well.
    all.push({ applies: true, changed: true, isDeletion: true });
    work.update({ sequence: Math.max(sequence, head.sequence), deletedAt: now });
  }
  all.push(yield* forgetMembers(work, sequence, now), raiseWatermark(work, sequence));
  return combined(all);
}

/** A group that was never declared was never written: its `late` is the delay after a 404 to reading it. */
function withoutWait(head: Head): Head {
  return head.want.kind === 'unspecified' ? { ...head, late: 0 } : head;
}

/** The deletion is final once no write before it can take effect any more. */
function endLife(head: Head): Partial<Head> {
  return { ending: true, step: 'todo', said404: false, refusal: null, late: openUntil(head), current: 0 };
}

function* forgetMembers(work: Draft, sequence: number, now: number): Steps<Applied> {
  const { want, watermark, pages } = work.head;
  // An older deletion: the group stays, but its members that were declared before it do not.
  if (want.kind !== 'gone')
    return yield* setMembers(work, membersOf(work), { wanted: false, sequence, recordedAs: sequence, now });
  const stay: (readonly [string, MemberEntry])[] = [];
  yield* forEachInSteps(work.members(), ([key, { wanted, sequence: ownSequence, ...member }]) => {
    if (!isOlder(sequence, watermark, ownSequence)) return;
    // Declared after the deletion: these members belong to the next group of this id.
    const state = wanted ? fresh : removed(now);
    stay.push([key, { ...member, ...state, code: null, isUnknown: false, wanted, sequence: ownSequence }]);
  });
  const had = pages.reduce((sum, { entries }) => sum + entries, 0);
  if (had === 0) return superseded;
  yield* work.replaceMembers(stay);
  return { applies: stay.length < had, changed: stay.length < had };
}
