import { type Member, memberIdentity } from '../../../src/groups/member.ts';
import type { Change } from '../../../src/ledger/core/change.ts';
import type { Prng } from '../world/prng.ts';
import { connectionId, groupIds } from './declaration-run.ts';
import type { DeclarationSettings } from './draw-settings.ts';

/** A change of one of few groups, so that changes meet. */
export function drawChange(
  prng: Prng,
  { members, past }: Pick<DeclarationSettings, 'members' | 'past'>,
  sequence: number | undefined,
): Change {
  const group = { connectionId, groupId: prng.chance(0.8) ? groupIds[0] : groupIds[1] };
  const about = { ...group, ...(sequence === undefined ? {} : { sequence }) };
  // One id is one member, whatever its type: the door takes the type said last.
  const some = () => {
    const drawn = new Map(
      members.filter(() => prng.chance(0.5)).map((member) => [memberIdentity(member), member]),
    );
    return [...drawn.values()];
  };
  // What speaks of every member would make a thousand calls of Graph.
  const isShort = past !== 'a full page';
  switch (prng.int(20)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
      return {
        ...about,
        kind: 'put-group',
        displayName: prng.pick(['A', 'B']),
        description: null,
      };
    case 7:
    case 8:
      return { ...about, kind: 'delete-group' };
    case 9:
      return { ...group, kind: 'retry' };
    case 10:
      if (isShort) return { ...group, kind: 'reassert' };
      break;
    case 11:
    case 12:
    case 13:
      if (isShort) return { ...about, kind: 'put-members', members: some(), removals: members.length };
      break;
    case 14:
      if (sequence !== undefined)
        return { ...group, kind: 'resequence', resequence: prng.pick([1, sequence, 1_000_000]) };
  }
  const add = some();
  const isAdded = (member: Member) => add.some((added) => memberIdentity(added) === memberIdentity(member));
  const remove = members.filter((member) => !isAdded(member) && prng.chance(0.5));
  if (add.length + remove.length > 0) return { ...about, kind: 'patch-members', add, remove };
  return { ...about, kind: 'patch-members', add: members.slice(0, 1), remove: [] };
}
