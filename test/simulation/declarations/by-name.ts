import { memberKey, type RequestedMember } from '../../../src/groups/member.ts';
import type { MemberName } from '../../../src/groups/member-name.ts';
import type { RequestedChange } from '../../../src/ledger/core/change.ts';
import { counts, identityOf, type Told, toldOf, unsequenced } from './told.ts';

/** Whose a name is: an id, nobody's, or that of several. */
export type Holder = { readonly id: string } | 'not-found' | 'ambiguous';

/** Whose each name is, by {@link keyOfName}. */
export type Holders = ReadonlyMap<string, Holder>;

export const nobodyNamed: Holders = new Map();

/** Names that differ only in case are one. */
export function keyOfName({ kind, value }: MemberName): string {
  return `${kind} ${value.toLowerCase()}`;
}

/** A member as it is meant. */
interface Meant {
  readonly key: string;
  readonly name: string | null;
}

interface Unknown {
  readonly at: string;
  readonly name: string;
  readonly is: 'not-found' | 'ambiguous';
}

interface Read {
  /** By their ids: the same person said twice is one. */
  readonly meant: ReadonlyMap<string, Meant>;
  readonly unknown: readonly Unknown[];
}

function read(members: readonly RequestedMember[], holders: Holders): Read {
  const meant = new Map<string, Meant>();
  const unknown: Unknown[] = [];
  for (const { type, id, name, at = '' } of members) {
    const key = name === undefined ? null : keyOfName(name);
    const holder = id === undefined ? (holders.get(key ?? '') ?? 'not-found') : { id };
    if (typeof holder === 'string') unknown.push({ at, name: key ?? '', is: holder });
    else {
      const member = { key: memberKey({ type, id: holder.id }), name: key };
      const identity = identityOf(member.key);
      if (!meant.has(identity)) meant.set(identity, member);
    }
  }
  return { meant, unknown };
}

type Put = Extract<RequestedChange, { kind: 'put-members' }>;
type Patch = Extract<RequestedChange, { kind: 'patch-members' }>;

/** Those who were declared by a name, or removed by it, as far as that is known. */
export function declaredBy({ names, remembered }: Told, name: string): readonly string[] {
  const by = (map: ReadonlyMap<string, string>) =>
    [...map].filter(([, own]) => own === name).map(([identity]) => identity);
  return [...new Set([...by(names), ...by(remembered)])];
}

/** By a name of which the same or a later change has spoken, when it was somebody else's. */
function isOutdated(before: Told, n: number, identity: string, { name }: Meant): boolean {
  if (name === null) return false;
  return declaredBy(before, name).some((other) => other !== identity && !counts(n, toldOf(before, other)));
}

function upToDate(before: Told, n: number, meant: ReadonlyMap<string, Meant>): ReadonlyMap<string, Meant> {
  return new Map([...meant].filter(([identity, member]) => !isOutdated(before, n, identity, member)));
}

/** An exact list: whoever was declared by a name that nobody has any more stays. */
export function afterList(before: Told, change: Put, n: number, holders: Holders): Told {
  const { meant, unknown } = read(change.members, holders);
  const listed = upToDate(before, n, meant);
  const staysByName = (identity: string) => unknown.some(({ name }) => name === before.names.get(identity));
  const members = new Set<string>();
  const names = new Map(before.names);
  for (const key of before.members) {
    const identity = identityOf(key);
    if (!counts(n, toldOf(before, identity)) || staysByName(identity)) members.add(key);
  }
  for (const [identity, { key, name }] of listed) {
    if (!counts(n, toldOf(before, identity))) continue;
    members.add(key);
    if (name === null) names.delete(identity);
    else names.set(identity, name);
  }
  // Sent again once the account is there, it must be able to add whom it stands for.
  const rank = unknown.length > 0 && n !== unsequenced ? n - 1 : n;
  return tidied({ ...before, members, names, watermark: Math.max(before.watermark, rank) });
}

/** What only the watermark speaks of needs no sequence; of whom nothing is known any more there is no name. */
export function tidied(told: Told): Told {
  const { members, watermark } = told;
  const wanted = new Set([...members].map(identityOf));
  const sequences = new Map([...told.sequences].filter(([, sequence]) => sequence > watermark));
  const names = new Map(
    [...told.names].filter(([identity]) => wanted.has(identity) || sequences.has(identity)),
  );
  return { ...told, sequences, names };
}

/** What a patch comes to; null: it adds whom it removes, and is refused. */
interface PatchRead {
  readonly added: ReadonlyMap<string, Meant>;
  readonly removed: ReadonlyMap<string, Meant>;
  /** Who goes besides: declared by a name that is removed, or that is somebody else's now. */
  readonly declared: readonly string[];
  readonly faults: readonly Unknown[];
}

function readPatch(before: Told, change: Patch, n: number, holders: Holders): PatchRead | null {
  const add = read(change.add, holders);
  const remove = read(change.remove, holders);
  const isAdded = (identity: string) => add.meant.has(identity);
  if ([...remove.meant.keys()].some(isAdded)) return null;
  const removedNames = change.remove.flatMap(({ name }) => (name === undefined ? [] : [keyOfName(name)]));
  const declared = removedNames.flatMap((name) => declaredBy(before, name));
  if (declared.some((one) => isAdded(one) && counts(n, toldOf(before, one)))) return null;
  const added = upToDate(before, n, add.meant);
  const wanted = new Set([...before.members].map(identityOf));
  const former = [...added].flatMap(([identity, { name }]) =>
    name === null ? [] : declaredBy(before, name).filter((other) => other !== identity && wanted.has(other)),
  );
  const isUnmatched = ({ is, name }: Unknown) => is === 'ambiguous' || declaredBy(before, name).length === 0;
  return {
    added,
    removed: remove.meant,
    declared: [...declared, ...former].filter((identity) => !isAdded(identity)),
    faults: [...add.unknown, ...remove.unknown.filter(isUnmatched)],
  };
}

/** Additions and removals: whoever has a name that is removed goes, and whoever was declared by it. */
export function afterPatch(before: Told, change: Patch, n: number, holders: Holders): Told {
  const patch = readPatch(before, change, n, holders);
  if (patch === null) return before;
  const members = new Set(before.members);
  const sequences = new Map(before.sequences);
  const names = new Map(before.names);
  const told = (identity: string) => Math.max(before.watermark, sequences.get(identity) ?? unsequenced);
  const tell = (identity: string, name: string | null, key: string | null) => {
    if (!counts(n, told(identity))) return;
    for (const one of before.members) if (identityOf(one) === identity) members.delete(one);
    if (key !== null) members.add(key);
    if (n > before.watermark) sequences.set(identity, n);
    if (name === null) names.delete(identity);
    else names.set(identity, name);
  };
  const nameOf = (identity: string) => names.get(identity) ?? before.remembered.get(identity) ?? null;
  for (const [identity, { name }] of patch.removed) tell(identity, nameOf(identity) ?? name, null);
  for (const identity of patch.declared) tell(identity, nameOf(identity), null);
  for (const [identity, { key, name }] of patch.added) tell(identity, name, key);
  return tidied({ ...before, members, sequences, names });
}

/** JSON pointers to the names that a change stands refused for. */
export function faultsOf(before: Told, change: RequestedChange, holders: Holders): readonly string[] {
  if (change.kind === 'put-members') return read(change.members, holders).unknown.map(({ at }) => at);
  if (change.kind !== 'patch-members') return [];
  const patch = readPatch(before, change, change.sequence ?? unsequenced, holders);
  return patch === null ? [] : patch.faults.map(({ at }) => at);
}

/** Whether all members that a change speaks of have its sequence or a higher one. */
export function areMembersTold(before: Told, change: Put | Patch, holders: Holders): boolean {
  const n = change.sequence ?? unsequenced;
  if (n <= before.watermark) return true;
  if (change.kind === 'put-members') return false;
  const patch = readPatch(before, change, n, holders);
  if (patch === null || patch.faults.length > 0) return false;
  const spokenOf = [...patch.added.keys(), ...patch.removed.keys(), ...patch.declared];
  return spokenOf.every((identity) => !counts(n, toldOf(before, identity)));
}

/** The names that must be looked up, or be known, for a change. */
export function namesIn(change: RequestedChange): readonly MemberName[] {
  const lists =
    change.kind === 'put-members'
      ? [change.members]
      : change.kind === 'patch-members'
        ? [change.add, change.remove]
        : [];
  return lists.flat().flatMap(({ id, name }) => (id === undefined && name !== undefined ? [name] : []));
}
