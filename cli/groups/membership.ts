import type { GroupRecord, MemberRecord, RecordState } from '../../src/ledger/core/group-record.ts';

/** A group that somebody is in. */
export interface Membership {
  readonly group: GroupRecord;
  /** The group through which; null: directly. */
  readonly via: string | null;
  /** Of the member that is in this group: the one asked for, or the group through which. */
  readonly state: RecordState;
}

/** A declared group with its members. */
export interface GroupWithMembers {
  readonly group: GroupRecord;
  readonly members: Iterable<MemberRecord> | AsyncIterable<MemberRecord>;
}

/**
 * The groups that somebody is declared a member of, directly and through other external groups. Whoever is to be removed
 * is no member. Groups that contain each other are each found once, by the shortest way.
 */
export async function findMemberships(
  memberId: string,
  groups: Iterable<GroupWithMembers> | AsyncIterable<GroupWithMembers>,
): Promise<readonly Membership[]> {
  const wanted = memberId.toLowerCase();
  const found = new Map<string, Membership>();
  /** By the id of a nested group: the groups that contain it. */
  const parents = new Map<string, Omit<Membership, 'via'>[]>();
  for await (const { group, members } of groups)
    for await (const { type, id, wanted: isWanted, state } of members) {
      if (!isWanted) continue;
      if (id.toLowerCase() === wanted) found.set(group.id.toLowerCase(), { group, via: null, state });
      if (type !== 'externalGroup') continue;
      const others = parents.get(id.toLowerCase());
      if (others === undefined) parents.set(id.toLowerCase(), [{ group, state }]);
      else others.push({ group, state });
    }
  // The map grows while it is read: a search level by level.
  for (const [key, { group: inner }] of found)
    for (const { group, state } of parents.get(key) ?? []) {
      const outer = group.id.toLowerCase();
      if (!found.has(outer) && outer !== wanted) found.set(outer, { group, via: inner.id, state });
    }
  return [...found.values()].sort((a, b) => (a.group.id < b.group.id ? -1 : 1));
}
