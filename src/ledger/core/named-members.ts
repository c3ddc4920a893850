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
  /** Additions by a name that a later change removed while another user had it. */
  readonly revoked: ReadonlySet<DeclaredMember>;
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
  if (!hasNames(change)) return { removed: [], revoked: new Set(), seen: noNames };
  const byName = yield* membersByName(work);
  const added = new Set(change.add.map(memberIdentity));
  const isAdded = (member: MemberEntry) => added.has(memberIdentity(member));
  const isLater = (member: MemberEntry) => isOlder(sequence, work.head.watermark, member.sequence);
  const unmatched: string[] = [];
  const contradictory: string[] = [];
  const removed: MemberEntry[] = [];
  for (const { nameHash, isFound, at } of change.namedRemovals ?? []) {
    const holders = byName.get(nameHash) ?? [];
    if (holders.length === 0 && !isFound) unmatched.push(at);
    if (holders.some((member) => isAdded(member) && !isLater(member))) contradictory.push(at);
    removed.push(...holders.filter((member) => !isAdded(member)));
  }
  const formerHolders: MemberEntry[] = [];
  const revoked = new Set<DeclaredMember>();
  for (const member of change.add) {
    if (member.nameHash === undefined) continue;
    const others = (byName.get(member.nameHash) ?? []).filter(
      (other) => memberIdentity(other) !== memberIdentity(member),
    );
    if (others.some((other) => !other.wanted && isLater(other))) revoked.add(member);
    else formerHolders.push(...others.filter((other) => other.wanted && !isAdded(other) && !isLater(other)));
  }
  return {
    removed: [...removed, ...formerHolders],
    revoked,
    seen: { unmatched, contradictory, reassigned: formerHolders.length },
  };
}

/** True for a member that stays although an exact list leaves it out: its name could not be resolved. */
export function staysByName(change: Change, { nameHash, wanted }: MemberEntry): boolean {
  return nameHash !== undefined && wanted && (change.unresolved?.includes(nameHash) ?? false);
}
