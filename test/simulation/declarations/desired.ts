import type { RequestedChange } from '../../../src/ledger/core/change.ts';
import { afterList, afterPatch, areMembersTold, type Holders, nobodyNamed, tidied } from './by-name.ts';
import { counts, identityOf, type Told, toldOf, unsequenced } from './told.ts';

/**
 * What a change makes of a group, thing by thing: what has the same or a higher sequence keeps what it has. `holders`:
 * whose the names in it are.
 */
export function toldAfter(before: Told, change: RequestedChange, holders: Holders = nobodyNamed): Told {
  const n = change.sequence ?? unsequenced;
  switch (change.kind) {
    case 'put-group': {
      if (!counts(n, before.groupSequence)) return before;
      return { ...before, group: { displayName: change.displayName ?? null }, groupSequence: n };
    }
    case 'delete-group': {
      const emptied = afterDeletion(before, n);
      return counts(n, before.groupSequence) ? { ...emptied, group: 'gone', groupSequence: n } : emptied;
    }
    case 'put-members':
      return afterList(before, change, n, holders);
    case 'patch-members':
      return afterPatch(before, change, n, holders);
    case 'resequence': {
      const { resequence } = change;
      return tidied({ ...before, groupSequence: resequence, watermark: resequence, sequences: new Map() });
    }
    case 'retry':
    case 'reassert':
      return before;
  }
}

/** Every member is told that it shall not be there. */
function afterDeletion(before: Told, n: number): Told {
  const members = new Set([...before.members].filter((key) => !counts(n, toldOf(before, identityOf(key)))));
  return tidied({ ...before, members, watermark: Math.max(before.watermark, n) });
}

/** Whether everything that a change speaks of has its sequence or a higher one. */
export function isSuperseded(held: Told, change: RequestedChange, holders: Holders = nobodyNamed): boolean {
  const n = change.sequence;
  if (n === undefined) return false;
  if (change.kind === 'put-group' || change.kind === 'delete-group') return n <= held.groupSequence;
  if (change.kind === 'put-members' || change.kind === 'patch-members')
    return areMembersTold(held, change, holders);
  return false;
}
