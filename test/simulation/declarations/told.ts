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
  /** By `memberIdentity`: the name by which each was declared, or removed; of members, and of those with a sequence. */
  readonly names: ReadonlyMap<string, string>;
  /** The same of those who are gone, as long as the ledger happens to remember them: it may forget them at any time. */
  readonly remembered: ReadonlyMap<string, string>;
}

export const unsequenced = -1;

export const undeclared: Told = {
  group: 'unspecified',
  members: new Set(),
  groupSequence: unsequenced,
  watermark: unsequenced,
  sequences: new Map(),
  names: new Map(),
  remembered: new Map(),
};

/** One id is one member, whatever its type. */
export function identityOf(key: string): string {
  return key.slice(key.indexOf(':') + 1);
}

/** Whether a change of sequence `n` counts for what has heard of `held`. */
export function counts(n: number, held: number): boolean {
  return n === unsequenced || n > held;
}

/** The sequence that a member has heard last. */
export function toldOf({ watermark, sequences }: Told, identity: string): number {
  return Math.max(watermark, sequences.get(identity) ?? unsequenced);
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
  return isSameMap(a.sequences, b.sequences) && isSameMap(a.names, b.names);
}

function isSameMap<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (b.get(key) !== value) return false;
  return true;
}

export function describe({ group, members }: Desired): string {
  const of = typeof group === 'string' ? group : `present (${group.displayName ?? 'no name'})`;
  return `${of}, members ${[...members].sort().join(' ') || 'none'}`;
}

export function describeTold(told: Told): string {
  const { groupSequence, watermark, sequences, names } = told;
  const byName = [...names].sort().map(([identity, name]) => `${identity} ${name}`);
  const words = byName.length === 0 ? describe(told) : `${describe(told)}; by name: ${byName.join(', ')}`;
  if (groupSequence === unsequenced && watermark === unsequenced && sequences.size === 0) return words;
  const own = [...sequences].sort().map(([key, sequence]) => `${key} ${sequence}`);
  return `${words}; sequences: group ${groupSequence}, watermark ${watermark}, ${own.join(', ') || 'none'}`;
}
