import type { Member } from '../../../src/groups/member.ts';
import type { Change } from '../../../src/ledger/change.ts';
import type { Prng } from '../world/prng.ts';
import { connectionId, groupIds } from './declaration-run.ts';

const members: readonly Member[] = ['m1', 'm2', 'm3'].map((id) => ({ type: 'externalGroup', id }));

/** A change of one of few groups, so that changes meet. */
export function drawChange(prng: Prng, sequence: number | undefined): Change {
  const about = {
    connectionId,
    groupId: prng.chance(0.8) ? groupIds[0] : groupIds[1],
    ...(sequence === undefined ? {} : { sequence }),
  };
  const some = () => members.filter(() => prng.chance(0.5));
  switch (prng.int(8)) {
    case 0:
    case 1:
    case 2:
      return {
        ...about,
        kind: 'put-group',
        displayName: prng.pick(['A', 'B']),
        description: null,
      };
    case 3:
      return { ...about, kind: 'delete-group' };
    case 4:
      return { ...about, kind: 'put-members', members: some(), removals: members.length };
    default: {
      const add = some();
      const remove = members.filter((member) => !add.includes(member) && prng.chance(0.5));
      if (add.length + remove.length > 0) return { ...about, kind: 'patch-members', add, remove };
      return { ...about, kind: 'patch-members', add: members.slice(0, 1), remove: [] };
    }
  }
}
