import { type DeclaredMember, memberIdentity } from '../../groups/member.ts';
import { forEachInSteps, type Steps } from '../../shared/steps.ts';
import { type Applied, any, nothing } from './applied.ts';
import { reassert, resequence, retryRefused, tryAgain } from './apply-repair.ts';
import type { Change } from './change.ts';
import type { Draft } from './draft.ts';
import { type GroupWant, type Head, sameWant } from './head.ts';
import { consequencesOfNames, noNames, outdatedByName, staysByName } from './named-members.ts';
import { openUntil } from './progress.ts';
import { flipped, isOlder, type MemberRegister, noSequence } from './register.ts';
import { fresh, membersOf, removed, sayAll } from './say-members.ts';

/** Applies a change to a draft, thing by thing: anything with the same or a higher sequence is left unchanged. */
export function* applyChange(work: Draft, change: Change, now: number): Steps<Applied> {
  const sequence = change.sequence ?? noSequence;
  switch (change.kind) {
    case 'put-group': {
      const { displayName, description } = change;
      return putGroup(work, { kind: 'present', displayName, description }, sequence);
    }
    case 'delete-group':
      return yield* deleteGroup(work, sequence, now);
    case 'put-members':
      return yield* putMembers(work, change, sequence, now);
    case 'patch-members':
      return yield* patchMembers(work, change, sequence, now);
    case 'resequence':
      return { spoken: true, changed: yield* resequence(work, change.resequence) };
    case 'retry':
      return { spoken: true, changed: yield* retryRefused(work) };
    case 'reassert':
      return { spoken: true, changed: yield* reassert(work) };
  }
}

function putGroup(work: Draft, want: GroupWant, sequence: number): Applied {
  const { head } = work;
  if (isOlder(sequence, head.sequence)) return nothing;
  const isRefused = head.step === 'refused';
  if (!sameWant(head.want, want)) {
    // A deletion in progress is completed first; the group declared after it starts from scratch.
    if (head.ending) work.update({ want, sequence, ...(isRefused ? tryAgain : {}) });
    else work.update({ want, refusal: null, ...flipped(withoutWait(head), sequence) });
    return { spoken: true, changed: true };
  }
  if (isRefused) work.update(tryAgain);
  const isHigher = sequence > head.sequence;
  if (isHigher) work.update({ sequence });
  return { spoken: true, changed: isHigher || isRefused };
}

function* deleteGroup(work: Draft, sequence: number, now: number): Steps<Applied> {
  const { head } = work;
  const applies = !isOlder(sequence, head.sequence);
  const all: Applied[] = [{ spoken: applies, changed: false }];
  if (applies && head.want.kind !== 'gone') {
    all.push({ spoken: true, changed: true, isDeletion: true });
    work.update({ want: { kind: 'gone' }, sequence, deletedAt: now });
    if (!head.ending) work.update(endLife(withoutWait(head)));
    else if (head.step === 'refused') work.update(tryAgain);
  } else if (applies) {
    const isRefused = head.step === 'refused';
    if (isRefused) work.update(tryAgain);
    // Said again, it counts anew: a creation that was queued in between is too old as well.
    all.push({ spoken: true, changed: true, isDeletion: true });
    work.update({ sequence: Math.max(sequence, head.sequence), deletedAt: now });
  }
  all.push(yield* forgetMembers(work, sequence, now), raiseFloor(work, sequence));
  return any(all);
}

/** A group that was never declared was never written: its `late` is the delay after a 404 to reading it. */
function withoutWait(head: Head): Head {
  return head.want.kind === 'untold' ? { ...head, late: 0 } : head;
}

/** The deletion is final once no write before it can take effect any more. */
function endLife(head: Head): Partial<Head> {
  return { ending: true, step: 'todo', said404: false, refusal: null, late: openUntil(head), current: 0 };
}

function* forgetMembers(work: Draft, sequence: number, now: number): Steps<Applied> {
  const { want, floor, pages } = work.head;
  // An older deletion: the group stays, but its members that were declared before it do not.
  if (want.kind !== 'gone')
    return yield* sayAll(work, membersOf(work), { wanted: false, sequence, recordedAs: sequence, now });
  const stay: (readonly [string, MemberRegister])[] = [];
  yield* forEachInSteps(work.members(), ([key, { wanted, sequence: said, ...member }]) => {
    if (!isOlder(sequence, floor, said)) return;
    // Declared after the deletion: these members belong to the next group of this id.
    const fate = wanted ? fresh : removed(now);
    stay.push([key, { ...member, ...fate, code: null, strange: false, wanted, sequence: said }]);
  });
  const had = pages.reduce((sum, { entries }) => sum + entries, 0);
  if (had === 0) return nothing;
  yield* work.replaceMembers(stay);
  return { spoken: stay.length < had, changed: stay.length < had };
}

function* putMembers(
  work: Draft,
  change: Extract<Change, { kind: 'put-members' }>,
  sequence: number,
  now: number,
): Steps<Applied> {
  const outdated = yield* outdatedByName(work, change.members, sequence);
  const members =
    outdated.size === 0 ? change.members : change.members.filter((member) => !outdated.has(member));
  const listed = new Set<string>();
  const names = new Set<string>();
  yield* forEachInSteps(members, (member) => {
    listed.add(memberIdentity(member));
    if (member.nameHash !== undefined) names.add(member.nameHash);
  });
  const others: DeclaredMember[] = [];
  let reassigned = 0;
  const { floor } = work.head;
  yield* forEachInSteps(work.members(), ([, member]) => {
    if (listed.has(memberIdentity(member)) || staysByName(change, member)) return;
    others.push(member);
    const isTaken = member.nameHash !== undefined && names.has(member.nameHash);
    if (member.wanted && isTaken && !isOlder(sequence, floor, member.sequence)) reassigned += 1;
  });
  const isUnfinished = hasUnknown(change) && !isOlder(sequence, floor);
  const said = { sequence, recordedAs: isUnfinished ? justBefore(sequence) : sequence, now };
  const all = any([
    yield* sayAll(work, others, { ...said, wanted: false }),
    yield* sayAll(work, members, { ...said, wanted: true }),
    raiseFloor(work, said.recordedAs),
    { spoken: sequence === noSequence || isUnfinished, changed: false },
  ]);
  return { ...all, names: { ...noNames, reassigned } };
}

/**
 * A list with a name that nobody has yet is recorded as of just before its sequence: the same list, sent again once the
 * account is there, must be able to add whom it stands for.
 */
function justBefore(sequence: number): number {
  return sequence === noSequence ? noSequence : sequence - 1;
}

function* patchMembers(
  work: Draft,
  change: Extract<Change, { kind: 'patch-members' }>,
  sequence: number,
  now: number,
): Steps<Applied> {
  const { add, remove } = change;
  const { removed, outdated, seen } = yield* consequencesOfNames(work, change, sequence);
  const isUnknown = hasUnknown(change) || seen.unmatched.length > 0;
  const isUnfinished = isUnknown && !isOlder(sequence, work.head.floor);
  const added = outdated.size === 0 ? add : add.filter((member) => !outdated.has(member));
  const said = { sequence, recordedAs: sequence, now };
  const all = any([
    yield* sayAll(work, [...remove, ...removed], { ...said, wanted: false }),
    yield* sayAll(work, added, { ...said, wanted: true }),
    // Of nobody: there is nothing that a later change could have said otherwise.
    { spoken: !isUnknown && add.length + remove.length + removed.length === 0, changed: false },
    { spoken: isUnfinished, changed: false },
  ]);
  return { ...all, names: seen };
}

/** A change with such names is not done, and so not superseded, until a later one is about every member. */
function hasUnknown({ unresolved = [] }: Change): boolean {
  return unresolved.length > 0;
}

/** Sequences covered by the floor are dropped when their page is next written. */
function raiseFloor(work: Draft, sequence: number): Applied {
  if (sequence <= work.head.floor) return nothing;
  work.update({ floor: sequence });
  return { spoken: true, changed: true };
}
