import { memberKey } from '../../../src/groups/member.ts';
import type { Change } from '../../../src/ledger/change.ts';

/** How a group shall be, kept apart from the ledger: `untold`: nothing was said of the group itself. */
export interface Desired {
  readonly group: { readonly displayName: string | null } | 'gone' | 'untold';
  /** By `memberKey`. */
  readonly members: ReadonlySet<string>;
}

export const undeclared: Desired = { group: 'untold', members: new Set() };

/** What a change makes of it where no sequences are used: the order of arrival at the ledger counts. */
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

/** What sequenced changes come to, in whatever order they arrive: of each thing the highest word counts. */
export function desiredOf(changes: readonly Change[]): Desired {
  const ordered = changes.toSorted((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0));
  return ordered.reduce(desiredAfter, undeclared);
}

export function isSame(a: Desired, b: Desired): boolean {
  return describe(a) === describe(b);
}

export function describe({ group, members }: Desired): string {
  const of = typeof group === 'string' ? group : `present (${group.displayName ?? 'no name'})`;
  return `${of}, members ${[...members].sort().join(' ') || 'none'}`;
}
