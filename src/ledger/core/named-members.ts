import { type DeclaredMember, memberIdentity } from '../../groups/member.ts';
import { forEachInSteps, type Steps } from '../../shared/steps.ts';
import type { Change } from './change.ts';
import type { Draft } from './draft.ts';
import { isOlder, type MemberEntry } from './entry.ts';

/** What recording a change has found out about the names in it. */
export interface NamesSeen {
  /** JSON pointers to removals by a name that no user has and by which no member was declared. */
  readonly unmatched: readonly string[];
  /** JSON pointers to removals by a name whose member the same change adds. */
  readonly contradictory: readonly string[];
  /** Members removed because another user has the name by which they were declared. */
  readonly reassigned: number;
}

export const noNames: NamesSeen = { unmatched: [], contradictory: [], reassigned: 0 };

/** True if a change must know by which names the members of the group were declared. */
export function hasNames(change: Change): boolean {
  if (change.kind === 'put-members' || change.kind === 'patch-members')
    return (
      (change.namedRemovals?.length ?? 0) > 0 ||
      addedBy(change).some(({ nameHash }) => nameHash !== undefined)
    );
  return false;
}

function addedBy(change: Extract<Change, { kind: 'put-members' | 'patch-members' }>) {
  return change.kind === 'put-members' ? change.members : change.add;
}

/** The members of the pages that were read by the hash of their name. */
function* membersByName(work: Draft): Steps<ReadonlyMap<string, readonly MemberEntry[]>> {
  const byName = new Map<string, MemberEntry[]>();
  yield* forEachInSteps(work.members(), ([, member]) => {
    if (member.nameHash === undefined) return;
    const others = byName.get(member.nameHash);
    if (others === undefined) byName.set(member.nameHash, [member]);
    else others.push(member);
  });
  return byName;
}

/** The effects of names on members of the group, in addition to those of ids. */
interface NamedConsequences {
  readonly removed: readonly DeclaredMember[];
  /** Additions that no longer count: see {@link outdatedByName}. */
  readonly outdated: ReadonlySet<DeclaredMember>;
  readonly seen: NamesSeen;
}

/**
 * Removes the members that were declared by a removed name, and those whose name another user has now, unless the same
 * change lists them.
 */
export function* consequencesOfNames(
  work: Draft,
  change: Extract<Change, { kind: 'patch-members' }>,
  sequence: number,
): Steps<NamedConsequences> {
  if (!hasNames(change)) return { removed: [], outdated: new Set(), seen: noNames };
  const byName = yield* membersByName(work);
  const added = new Set(change.add.map(memberIdentity));
  const isAdded = (member: MemberEntry) => added.has(memberIdentity(member));
  const isLater = (member: MemberEntry) => isOlder(sequence, work.head.watermark, member.sequence);
  const outdated = outdatedIn(change.add, byName, isLater);
  const unmatched: string[] = [];
  const contradictory: string[] = [];
  const removed: MemberEntry[] = [];
  for (const { nameHash, isFound, at } of change.namedRemovals ?? []) {
    const holders = byName.get(nameHash) ?? [];
    if (holders.length === 0 && !isFound) unmatched.push(at);
    if (holders.some((member) => isAdded(member) && !isLater(member))) contradictory.push(at);
    removed.push(...holders.filter((member) => !isAdded(member)));
  }
  const formerHolders = change.add
    .filter((member) => !outdated.has(member))
    .flatMap((member) => othersByName(member, byName))
    .filter((other) => other.wanted && !isAdded(other));
  return {
    removed: [...removed, ...formerHolders],
    outdated,
    seen: { unmatched, contradictory, reassigned: formerHolders.length },
  };
}

/**
 * The entries of an exact list that no longer count: the same or a later change has used their name when it was somebody
 * else's. A user whom such a change has removed does not come back under another id.
 */
export function* outdatedByName(
  work: Draft,
  members: readonly DeclaredMember[],
  sequence: number,
): Steps<ReadonlySet<DeclaredMember>> {
  if (!isOlder(sequence, work.head.highest)) return new Set();
  const isLater = (member: MemberEntry) => isOlder(sequence, work.head.watermark, member.sequence);
  return outdatedIn(members, yield* membersByName(work), isLater);
}

type ByName = ReadonlyMap<string, readonly MemberEntry[]>;

function outdatedIn(
  members: readonly DeclaredMember[],
  byName: ByName,
  isLater: (member: MemberEntry) => boolean,
): ReadonlySet<DeclaredMember> {
  return new Set(members.filter((member) => othersByName(member, byName).some(isLater)));
}

function othersByName(member: DeclaredMember, byName: ByName): readonly MemberEntry[] {
  const holders = member.nameHash === undefined ? [] : (byName.get(member.nameHash) ?? []);
  return holders.filter((other) => memberIdentity(other) !== memberIdentity(member));
}

/** True for a member that stays although an exact list leaves it out: its name could not be resolved. */
export function staysByName(change: Change, { nameHash, wanted }: MemberEntry): boolean {
  return nameHash !== undefined && wanted && (change.unresolved?.includes(nameHash) ?? false);
}
