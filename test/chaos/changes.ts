import type { Random } from '../../local/stack/random.ts';

/** The content of a change; members by number, see {@link memberOf}. */
export type Said =
  | { readonly kind: 'group'; readonly displayName: string; readonly description: string | null }
  | { readonly kind: 'delete' }
  | { readonly kind: 'members'; readonly members: readonly number[] }
  | { readonly kind: 'patch'; readonly add: readonly number[]; readonly remove: readonly number[] };

export interface GroupChange {
  readonly connectionId: string;
  readonly groupId: string;
  readonly sequence: number;
  readonly says: Said;
}

/** The expected final state of a group. */
export interface Expected {
  readonly connectionId: string;
  readonly groupId: string;
  /** Null: it should not exist. */
  readonly group: { readonly displayName: string; readonly description: string | null } | null;
  /** Ids of the expected members, sorted. */
  readonly members: readonly string[];
}

export interface ChangesOptions {
  readonly changes: number;
  readonly groups: number;
  readonly connections: readonly string[];
  readonly seed: number;
  readonly random: Random;
}

const possibleMembers = 30;
const declaredGroups = 'declared';

export function isDeclaredGroup(groupId: string): boolean {
  return groupId.startsWith(declaredGroups);
}

export function memberOf(number: number) {
  return { type: 'user', id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}` } as const;
}

/** Changes of all groups in the order of their creation; each group is declared first, and half of the rest are patches. */
export function makeChanges({ changes, groups, connections, seed, random }: ChangesOptions): GroupChange[] {
  return Array.from({ length: changes }, (_, index) => {
    const group = index < groups ? index : Math.floor(random() * groups);
    return {
      connectionId: connections[group % connections.length] ?? '',
      groupId: `${declaredGroups}${seed}x${group}`,
      sequence: index,
      says: index < groups ? declared(index) : sayAnything(index, random),
    };
  });
}

/** The same in sending order: one in ten twice, and each up to `spread` places from its position. */
export function repeatAndReorder(
  changes: readonly GroupChange[],
  spread: number,
  random: Random,
): GroupChange[] {
  return changes
    .flatMap((change, index) => {
      const copies = random() < 0.1 ? 2 : 1;
      return Array.from({ length: copies }, () => ({ change, place: index + random() * spread }));
    })
    .sort((one, other) => one.place - other.place)
    .map(({ change }) => change);
}

/**
 * The state according to the highest sequence of each thing: of the group its last `group` or `delete`; of a member the
 * last patch that names it, list or deletion. It does not use the ledger's code.
 */
export function expectedStates(changes: readonly GroupChange[]): Expected[] {
  const groups = new Map<string, { connectionId: string; all: GroupChange[] }>();
  for (const change of changes) {
    const entry = groups.get(change.groupId) ?? { connectionId: change.connectionId, all: [] };
    groups.set(change.groupId, entry);
    entry.all.push(change);
  }
  return [...groups].map(([groupId, { connectionId, all }]) => {
    const latestFirst = all.toSorted((one, other) => other.sequence - one.sequence).map(({ says }) => says);
    const ofGroup = latestFirst.find(({ kind }) => kind === 'group' || kind === 'delete');
    const isMember = (number: number): boolean => {
      for (const says of latestFirst) {
        if (says.kind === 'delete') return false;
        if (says.kind === 'members') return says.members.includes(number);
        if (says.kind === 'patch' && says.add.includes(number)) return true;
        if (says.kind === 'patch' && says.remove.includes(number)) return false;
      }
      return false;
    };
    const numbers = Array.from({ length: possibleMembers }, (_, number) => number);
    return {
      connectionId,
      groupId,
      group:
        ofGroup?.kind === 'group'
          ? { displayName: ofGroup.displayName, description: ofGroup.description }
          : null,
      members: numbers.filter(isMember).map((number) => memberOf(number).id),
    };
  });
}

function declared(index: number): Said {
  return {
    kind: 'group',
    displayName: `Team ${index} Łódź ☂`,
    description: index % 3 === 0 ? null : `What it is for since ${index}`,
  };
}

function sayAnything(index: number, random: Random): Said {
  const draw = random();
  const some = (share: number) =>
    Array.from({ length: possibleMembers }, (_, number) => number).filter(() => random() < share);
  if (draw < 0.2) return declared(index);
  if (draw < 0.27) return { kind: 'delete' };
  if (draw < 0.45) return { kind: 'members', members: some(0.4) };
  const add = some(0.12);
  const remove = some(0.12).filter((number) => !add.includes(number));
  // A patch must name somebody.
  return { kind: 'patch', add: add.length + remove.length === 0 ? [index % possibleMembers] : add, remove };
}

/** The connections of these groups, each once. */
export function connectionsOf(groups: readonly Expected[]): string[] {
  return [...new Set(groups.map(({ connectionId }) => connectionId))];
}
