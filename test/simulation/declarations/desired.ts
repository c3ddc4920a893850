import { type Member, memberIdentity, memberKey } from '../../../src/groups/member.ts';
import type { Change } from '../../../src/ledger/core/change.ts';

/** The desired state of a group, computed without the ledger: `unspecified`: nothing was declared about the group itself. */
export interface Desired {
  readonly group: { readonly displayName: string | null } | 'gone' | 'unspecified';
  /** By `memberKey`. */
  readonly members: ReadonlySet<string>;
}

/** The same with what each thing has heard last: `unsequenced` where no change had a sequence. */
export interface Told extends Desired {
  readonly groupSequence: number;
  /** Of all members that have no higher one of their own. */
  readonly watermark: number;
  /** By `memberIdentity`: those above the watermark, also of members that shall not be there. */
  readonly sequences: ReadonlyMap<string, number>;
}

export const unsequenced = -1;

export const undeclared: Told = {
  group: 'unspecified',
  members: new Set(),
  groupSequence: unsequenced,
  watermark: unsequenced,
  sequences: new Map(),
};

/** What a change makes of a group, thing by thing: what has the same or a higher sequence keeps what it has. */
export function toldAfter(before: Told, change: Change): Told {
  const n = change.sequence ?? unsequenced;
  switch (change.kind) {
    case 'put-group': {
      if (!counts(n, before.groupSequence)) return before;
      return { ...before, group: { displayName: change.displayName ?? null }, groupSequence: n };
    }
    case 'delete-group': {
      const emptied = allTold(before, [], n);
      return counts(n, before.groupSequence) ? { ...emptied, group: 'gone', groupSequence: n } : emptied;
    }
    case 'put-members':
      return allTold(before, change.members, n);
    case 'patch-members': {
      const members = new Set(before.members);
      const sequences = new Map(before.sequences);
      const tell = (member: Member, wanted: boolean) => {
        const identity = memberIdentity(member);
        if (!counts(n, sequenceOf(before, identity))) return;
        for (const key of before.members) if (identityOf(key) === identity) members.delete(key);
        if (wanted) members.add(memberKey(member));
        if (n > before.watermark) sequences.set(identity, n);
      };
      for (const member of change.remove) tell(member, false);
      for (const member of change.add) tell(member, true);
      return { ...before, members, sequences };
    }
    case 'resequence': {
      const { resequence } = change;
      return { ...before, groupSequence: resequence, watermark: resequence, sequences: new Map() };
    }
    case 'retry':
    case 'reassert':
      return before;
  }
}

/** Every member is told whether it shall be there. */
function allTold(before: Told, listed: readonly Member[], n: number): Told {
  const applies = (key: string) => counts(n, sequenceOf(before, identityOf(key)));
  const members = new Set([
    ...[...before.members].filter((key) => !applies(key)),
    ...listed.map(memberKey).filter(applies),
  ]);
  const watermark = Math.max(before.watermark, n);
  const sequences = new Map([...before.sequences].filter(([, sequence]) => sequence > watermark));
  return { ...before, members, watermark, sequences };
}

/** One id is one member, whatever its type. */
function identityOf(key: string): string {
  return key.slice(key.indexOf(':') + 1);
}

function counts(n: number, held: number): boolean {
  return n === unsequenced || n > held;
}

function sequenceOf({ watermark, sequences }: Told, identity: string): number {
  return Math.max(watermark, sequences.get(identity) ?? unsequenced);
}

/** Whether everything that a change speaks of has its sequence or a higher one. */
export function isSuperseded(held: Told, change: Change): boolean {
  const n = change.sequence;
  if (n === undefined || !isOrdered(change)) return false;
  if (change.kind === 'put-group' || change.kind === 'delete-group') return n <= held.groupSequence;
  if (change.kind === 'put-members') return n <= held.watermark;
  return [...change.add, ...change.remove].every((member) => n <= sequenceOf(held, memberIdentity(member)));
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
  if (!isSame(a, b) || a.groupSequence !== b.groupSequence || a.watermark !== b.watermark) return false;
  if (a.sequences.size !== b.sequences.size) return false;
  for (const [key, sequence] of a.sequences) if (b.sequences.get(key) !== sequence) return false;
  return true;
}

export function describe({ group, members }: Desired): string {
  const of = typeof group === 'string' ? group : `present (${group.displayName ?? 'no name'})`;
  return `${of}, members ${[...members].sort().join(' ') || 'none'}`;
}

export function describeTold(told: Told): string {
  const { groupSequence, watermark, sequences } = told;
  if (groupSequence === unsequenced && watermark === unsequenced && sequences.size === 0)
    return describe(told);
  const own = [...sequences].sort().map(([key, sequence]) => `${key} ${sequence}`);
  return `${describe(told)}; sequences: group ${groupSequence}, watermark ${watermark}, ${own.join(', ') || 'none'}`;
}
