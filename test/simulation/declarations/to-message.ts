import type { Change } from '../../../src/ledger/core/change.ts';

/** A change as a producer puts it on the queue. */
export function toMessage(change: Change): object {
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
      return { ...about, members: change.members, removals: change.removals };
    case 'patch-members':
      return {
        ...about,
        ...(change.add.length > 0 ? { add: change.add } : {}),
        ...(change.remove.length > 0 ? { remove: change.remove } : {}),
      };
    case 'resequence':
      return { ...about, resequence: change.resequence };
    case 'retry':
    case 'reassert':
      return { ...about, [change.kind]: true };
  }
}
