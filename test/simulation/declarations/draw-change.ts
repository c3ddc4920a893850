import type { RequestedMember } from '../../../src/groups/member.ts';
import type { RequestedChange } from '../../../src/ledger/core/change.ts';
import type { Prng } from '../world/prng.ts';
import { connectionId, groupIds } from './declaration-run.ts';
import { drawMembers, pointed } from './draw-members.ts';
import type { DeclarationSettings } from './draw-settings.ts';

/** A change of one of few groups, so that changes meet. */
export function drawChange(
  prng: Prng,
  settings: Pick<DeclarationSettings, 'members' | 'names' | 'past'>,
  sequence: number | undefined,
): RequestedChange {
  const { members, names, past } = settings;
  const group = { connectionId, groupId: prng.chance(0.8) ? groupIds[0] : groupIds[1] };
  const about = { ...group, ...(sequence === undefined ? {} : { sequence }) };
  const some = () => drawMembers(prng, settings, names.length === 0 ? 0.5 : 0.3);
  // What speaks of every member would make a thousand calls of Graph.
  const isShort = past !== 'a full page';
  // With names, more changes of members: the others have none.
  switch (prng.int(names.length === 0 ? 20 : 30)) {
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
      if (isShort)
        return {
          ...about,
          kind: 'put-members',
          members: pointed('members', some()),
          removals: members.length + names.length,
        };
      break;
    case 14:
      if (sequence !== undefined)
        return { ...group, kind: 'resequence', resequence: prng.pick([1, sequence, 1_000_000]) };
  }
  const drawn = drawMembers(prng, settings, 0.75);
  const add: RequestedMember[] = [];
  const remove: RequestedMember[] = [];
  for (const member of drawn) (prng.chance(0.6) ? add : remove).push(member);
  if (drawn.length === 0) add.push(...members.slice(0, 1));
  return { ...about, kind: 'patch-members', add: pointed('add', add), remove: pointed('remove', remove) };
}
