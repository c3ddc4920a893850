import { memberKey } from '../../../src/groups/member.ts';
import type { Change } from '../../../src/ledger/core/change.ts';

/** The desired state of a group, computed without the ledger: `untold`: nothing was declared about the group itself. */
export interface Desired {
  readonly group: { readonly displayName: string | null } | 'gone' | 'untold';
  /** By `memberKey`. */
  readonly members: ReadonlySet<string>;
}

export const undeclared: Desired = { group: 'untold', members: new Set() };

/** Applies a change if no sequences are used: the order of arrival at the ledger counts. */
export function desiredAfter({ group, members }: Desired, change: Change): Desired {
  switch (change.kind) {
    case 'put-group':
      return { group: { displayName: change.displayName }, members };
    case 'delete-group':
      return { group: 'gone', members: new Set() };
    case 'put-members':
      return { group, members: new Set(change.members.map(memberKey)) };
    case 'patch-members': {
      const removed = new Set(change.remove.map(memberKey));
      const kept = [...members].filter((member) => !removed.has(member));
      return { group, members: new Set([...kept, ...change.add.map(memberKey)]) };
    }
    case 'retry':
    case 'reassert':
      return { group, members };
  }
}

/**
 * What sequenced changes make of what was before, in whatever order they arrive: of each thing the highest word counts.
 */
export function desiredOf(before: Desired, changes: readonly Change[]): Desired {
  const ordered = changes.toSorted((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0));
  return ordered.reduce(desiredAfter, before);
}

export function isSame(a: Desired, b: Desired): boolean {
  const isGroup =
    typeof a.group === 'string' || typeof b.group === 'string'
      ? a.group === b.group
      : a.group.displayName === b.group.displayName;
  if (!isGroup || a.members.size !== b.members.size) return false;
  for (const member of a.members) if (!b.members.has(member)) return false;
  return true;
}

export function describe({ group, members }: Desired): string {
  const of = typeof group === 'string' ? group : `present (${group.displayName ?? 'no name'})`;
  return `${of}, members ${[...members].sort().join(' ') || 'none'}`;
}
