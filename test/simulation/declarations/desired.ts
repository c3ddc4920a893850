import { memberKey } from '../../../src/groups/member.ts';
import type { Change } from '../../../src/ledger/core/change.ts';

/** The desired state of a group, computed without the ledger: `untold`: nothing was declared about the group itself. */
export interface Desired {
  readonly group: { readonly displayName: string | null } | 'gone' | 'untold';
  /** By `memberKey`. */
  readonly members: ReadonlySet<string>;
}

/** The same with what each thing has heard last: `unsequenced` where no change had a sequence. */
export interface Told extends Desired {
  readonly groupSequence: number;
  /** Of all members that have no higher one of their own. */
  readonly floor: number;
  /** By `memberKey`: those above the floor, also of members that shall not be there. */
  readonly sequences: ReadonlyMap<string, number>;
}

export const unsequenced = -1;

export const undeclared: Told = {
  group: 'untold',
  members: new Set(),
  groupSequence: unsequenced,
  floor: unsequenced,
  sequences: new Map(),
};

/** What a change makes of a group, thing by thing: what has the same or a higher sequence keeps what it has. */
export function toldAfter(before: Told, change: Change): Told {
  const n = change.sequence ?? unsequenced;
  switch (change.kind) {
    case 'put-group': {
      if (!counts(n, before.groupSequence)) return before;
      return { ...before, group: { displayName: change.displayName }, groupSequence: n };
    }
    case 'delete-group': {
      const emptied = allTold(before, new Set(), n);
      return counts(n, before.groupSequence) ? { ...emptied, group: 'gone', groupSequence: n } : emptied;
    }
    case 'put-members':
      return allTold(before, new Set(change.members.map(memberKey)), n);
    case 'patch-members': {
      const members = new Set(before.members);
      const sequences = new Map(before.sequences);
      const tell = (key: string, wanted: boolean) => {
        if (!counts(n, sequenceOf(before, key))) return;
        if (wanted) members.add(key);
        else members.delete(key);
        if (n > before.floor) sequences.set(key, n);
      };
      for (const member of change.remove) tell(memberKey(member), false);
      for (const member of change.add) tell(memberKey(member), true);
      return { ...before, members, sequences };
    }
    case 'resequence': {
      const { resequence } = change;
      return { ...before, groupSequence: resequence, floor: resequence, sequences: new Map() };
    }
    case 'retry':
    case 'reassert':
      return before;
  }
}

/** Every member is told whether it shall be there. */
function allTold(before: Told, listed: ReadonlySet<string>, n: number): Told {
  const members = new Set<string>();
  for (const key of new Set([...before.members, ...listed])) {
    const applies = counts(n, sequenceOf(before, key));
    if (applies ? listed.has(key) : before.members.has(key)) members.add(key);
  }
  const floor = Math.max(before.floor, n);
  const sequences = new Map([...before.sequences].filter(([, sequence]) => sequence > floor));
  return { ...before, members, floor, sequences };
}

function counts(n: number, held: number): boolean {
  return n === unsequenced || n > held;
}

function sequenceOf({ floor, sequences }: Told, key: string): number {
  return Math.max(floor, sequences.get(key) ?? unsequenced);
}

/** Whether everything that a change speaks of has its sequence or a higher one. */
export function isSuperseded(held: Told, change: Change): boolean {
  const n = change.sequence;
  if (n === undefined || !isOrdered(change)) return false;
  if (change.kind === 'put-group' || change.kind === 'delete-group') return n <= held.groupSequence;
  if (change.kind === 'put-members') return n <= held.floor;
  return [...change.add, ...change.remove].every((member) => n <= sequenceOf(held, memberKey(member)));
}

type Repair = Extract<Change, { readonly kind: 'retry' | 'reassert' | 'resequence' }>;

function isOrdered(change: Change): change is Exclude<Change, Repair> {
  return !['retry', 'reassert', 'resequence'].includes(change.kind);
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

/** The same also to every change that may come. */
export function isToldTheSame(a: Told, b: Told): boolean {
  if (!isSame(a, b) || a.groupSequence !== b.groupSequence || a.floor !== b.floor) return false;
  if (a.sequences.size !== b.sequences.size) return false;
  for (const [key, sequence] of a.sequences) if (b.sequences.get(key) !== sequence) return false;
  return true;
}

export function describe({ group, members }: Desired): string {
  const of = typeof group === 'string' ? group : `present (${group.displayName ?? 'no name'})`;
  return `${of}, members ${[...members].sort().join(' ') || 'none'}`;
}

export function describeTold(told: Told): string {
  const { groupSequence, floor, sequences } = told;
  if (groupSequence === unsequenced && floor === unsequenced && sequences.size === 0) return describe(told);
  const own = [...sequences].sort().map(([key, sequence]) => `${key} ${sequence}`);
  return `${describe(told)}; sequences: group ${groupSequence}, floor ${floor}, ${own.join(', ') || 'none'}`;
}
