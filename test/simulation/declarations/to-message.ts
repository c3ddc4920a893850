import type { RequestedMember } from '../../../src/groups/member.ts';
import type { RequestedChange } from '../../../src/ledger/core/change.ts';

/** A change as a producer puts it on the queue. */
export function toMessage(change: RequestedChange): object {
  const { connectionId, groupId, sequence } = change;
  const about = { connectionId, groupId, sequence };
  switch (change.kind) {
    case 'put-group': {
      const { displayName, description } = change;
      return { ...about, group: { displayName, description } };
    }
    case 'delete-group':
      return { ...about, delete: true };
    case 'put-members':
      return { ...about, members: change.members.map(toEntry), removals: change.removals };
    case 'patch-members':
      return {
        ...about,
        ...(change.add.length > 0 ? { add: change.add.map(toEntry) } : {}),
        ...(change.remove.length > 0 ? { remove: change.remove.map(toEntry) } : {}),
      };
    case 'resequence':
      return { ...about, resequence: change.resequence };
    case 'retry':
    case 'reassert':
      return { ...about, [change.kind]: true };
  }
}

function toEntry({ type, id, name }: RequestedMember): object {
  return {
    type,
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { [name.kind]: name.value }),
  };
}
