import { type DeclaredMember, memberIdentity } from '../../groups/member.ts';
import { forEachInSteps, type Steps } from '../../shared/steps.ts';
import { type Applied, combined } from './applied.ts';
import type { Change } from './change.ts';
import type { Draft } from './draft.ts';
import { isOlder, noSequence } from './entry.ts';
import { consequencesOfNames, noNames, outdatedByName, staysByName } from './named-members.ts';
import { raiseWatermark, setMembers } from './set-members.ts';
import type { LedgerState } from './state.ts';

export function* putMembers(
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
  const { watermark } = work.head;
  yield* forEachInSteps(work.members(), ([, member]) => {
    if (listed.has(memberIdentity(member)) || staysByName(change, member)) return;
    others.push(member);
    const isTaken = member.nameHash !== undefined && names.has(member.nameHash);
    if (member.wanted && isTaken && !isOlder(sequence, watermark, member.sequence)) reassigned += 1;
  });
  const isUnfinished = hasUnresolved(change) && !isOlder(sequence, watermark);
  const desired = { sequence, recordedAs: isUnfinished ? justBefore(sequence) : sequence, now };
  const all = combined([
    yield* setMembers(work, others, { ...desired, wanted: false }),
    yield* setMembers(work, members, { ...desired, wanted: true }),
    raiseWatermark(work, desired.recordedAs),
    { applies: sequence === noSequence || isUnfinished, changed: false },
  ]);
  return { ...all, names: { ...noNames, reassigned } };
}

/**
 * A list with a name that no user has yet is recorded just below its sequence: the same list, sent again once the account
 * exists, must be able to add that user.
 */
function justBefore(sequence: number): number {
  return sequence === noSequence ? noSequence : sequence - 1;
}

export function* patchMembers(
  work: Draft,
  change: Extract<Change, { kind: 'patch-members' }>,
  sequence: number,
  now: number,
): Steps<Applied> {
  const { add, remove } = change;
  const { removed, outdated, seen } = yield* consequencesOfNames(work, change, sequence);
  const isIncomplete = hasUnresolved(change) || seen.unmatched.length > 0;
  const isUnfinished = isIncomplete && !isOlder(sequence, work.head.watermark);
  const added = outdated.size === 0 ? add : add.filter((member) => !outdated.has(member));
  const desired = { sequence, recordedAs: sequence, now };
  const all = combined([
    yield* setMembers(work, [...remove, ...removed], { ...desired, wanted: false }),
    yield* setMembers(work, added, { ...desired, wanted: true }),
    // A change that names nobody: no later change can have superseded it.
    { applies: !isIncomplete && add.length + remove.length + removed.length === 0, changed: false },
    { applies: isUnfinished, changed: false },
  ]);
  return { ...all, names: seen };
}

/** A change with unresolved names stays unfinished, and so is not superseded, until a later one covers every member. */
function hasUnresolved({ unresolved = [] }: Change): boolean {
  return unresolved.length > 0;
}

/** How many members an exact list would remove. All pages must have been read. */
export function* removalsBy(
  { head, pages }: LedgerState,
  change: Extract<Change, { kind: 'put-members' }>,
): Steps<number> {
  const listed = new Set<string>();
  yield* forEachInSteps(change.members, (member) => void listed.add(memberIdentity(member)));
  let removals = 0;
  for (const page of pages.values())
    yield* forEachInSteps(page, ([, member]) => {
      if (!member.wanted || listed.has(memberIdentity(member)) || staysByName(change, member)) return;
      if (!isOlder(change.sequence ?? noSequence, head.watermark, member.sequence)) removals += 1;
    });
  return removals;
}
