import { type DeclaredMember, memberIdentity, type RequestedMember } from '../groups/member.ts';
import { type MemberName, nameHash, nameKey } from '../groups/member-name.ts';
import type { Holder, LookUpNames, LookUpOptions } from '../names/look-up-names.ts';
import { AdapterError } from '../problems/adapter-error.ts';
import type { Change, NamedRemoval, RequestedChange } from './core/change.ts';
import { addedAndRemoved } from './refusal-problem.ts';

/** Names of one request: as many as can be looked up while a caller waits. */
const maxNames = 1_000;

/** A name that no user has, or that several users have. */
export interface NameFault {
  readonly in: 'body';
  readonly pointer: string;
  readonly keyword: 'name';
  readonly detail: Exclude<Holder, object>;
}

interface ResolvedChange {
  readonly change: Change;
  readonly faults: readonly NameFault[];
}

/** Replaces the names of members by object ids. Rejects as {@link LookUpNames} does, and with `too-many-names`. */
export type ResolveChange = (change: RequestedChange, options: LookUpOptions) => Promise<ResolvedChange>;

export function createResolveChange(lookUpNames: LookUpNames): ResolveChange {
  return async function resolveChange(change, options) {
    const plain = byIdAlone(change);
    if (plain !== null) return { change: plain, faults: [] };
    if (change.kind !== 'put-members' && change.kind !== 'patch-members') return { change, faults: [] };
    const removed = change.kind === 'patch-members' ? change.remove : [];
    const added = change.kind === 'patch-members' ? change.add : change.members;
    const names = [...removed, ...added].flatMap(toBeLookedUp);
    const distinct = new Set(names.map(nameKey)).size;
    if (distinct > maxNames) throw tooMany(distinct);
    const holders = distinct === 0 ? new Map<string, Holder>() : await lookUpNames(names, options);
    return change.kind === 'put-members' ? resolveList(change, holders) : resolvePatch(change, holders);
  };
}

/** The change itself if all its members have ids: 50,000 members are not copied. */
function byIdAlone(change: RequestedChange): Change | null {
  if (change.kind !== 'put-members' && change.kind !== 'patch-members') return change;
  const lists = change.kind === 'put-members' ? [change.members] : [change.add, change.remove];
  const isPlain = lists.every((members) => members.every(({ name }) => name === undefined));
  return isPlain ? (change as Change) : null;
}

function toBeLookedUp({ id, name }: RequestedMember): MemberName[] {
  return id === undefined && name !== undefined ? [name] : [];
}

function resolveList(
  change: Extract<RequestedChange, { kind: 'put-members' }>,
  holders: ReadonlyMap<string, Holder>,
): ResolvedChange {
  const { found, faults, unresolved } = resolveAll(change.members, holders);
  const kept = unresolved.length === 0 ? {} : { unresolved: unresolved.map(nameHash) };
  return { change: { ...change, members: found, ...kept }, faults };
}

function resolvePatch(
  change: Extract<RequestedChange, { kind: 'patch-members' }>,
  holders: ReadonlyMap<string, Holder>,
): ResolvedChange {
  const added = resolveAll(change.add, holders);
  const removed = resolveAll(change.remove, holders);
  const contradictions = contradictionsIn(change, holders);
  if (contradictions.length > 0) {
    const { code, detail, members } = addedAndRemoved(contradictions);
    throw new AdapterError(code, detail, { members });
  }
  const namedRemovals = change.remove.flatMap(({ id, name, at = '' }): NamedRemoval[] => {
    if (name === undefined) return [];
    // Nobody but the ledger can say who was declared by it; that it belongs to several is refused below.
    const isFound = id !== undefined || holders.get(nameKey(name)) !== 'not-found';
    return [{ nameHash: nameHash(name), isFound, at }];
  });
  const ambiguous = removed.faults.filter(({ detail }) => detail === 'ambiguous');
  const unresolved = [...added.unresolved, ...(ambiguous.length === 0 ? [] : removed.unresolved)];
  return {
    change: {
      ...change,
      add: added.found,
      remove: removed.found,
      ...(namedRemovals.length === 0 ? {} : { namedRemovals }),
      ...(unresolved.length === 0 ? {} : { unresolved: unresolved.map(nameHash) }),
    },
    faults: [...added.faults, ...ambiguous],
  };
}

/** JSON pointers to who is to be added and removed at once. One of the two has a name, and with it a pointer. */
function contradictionsIn(
  { add, remove }: Extract<RequestedChange, { kind: 'patch-members' }>,
  holders: ReadonlyMap<string, Holder>,
): string[] {
  const added = new Map(add.map((member) => [identityOf(member, holders), member.at]));
  return remove.flatMap((member) => {
    const identity = identityOf(member, holders);
    if (identity === null || !added.has(identity)) return [];
    return [member.at ?? added.get(identity) ?? '/remove'];
  });
}

/** Null: no user has the name, or several users have it. */
function identityOf({ id, name }: RequestedMember, holders: ReadonlyMap<string, Holder>): string | null {
  const holder = id === undefined && name !== undefined ? holders.get(nameKey(name)) : { id: id ?? '' };
  return typeof holder === 'object' ? memberIdentity(holder) : null;
}

function resolveAll(members: readonly RequestedMember[], holders: ReadonlyMap<string, Holder>) {
  const found = new Map<string, DeclaredMember>();
  const faults: NameFault[] = [];
  const unresolved: MemberName[] = [];
  for (const { type, id, name, at = '' } of members) {
    const holder = id === undefined && name !== undefined ? holders.get(nameKey(name)) : { id: id ?? '' };
    if (typeof holder === 'object') {
      const member = { type, id: holder.id, ...(name === undefined ? {} : { nameHash: nameHash(name) }) };
      // The same person by two names is one member.
      const identity = memberIdentity(member);
      if (found.get(identity)?.type !== type) found.set(identity, member);
    } else if (name !== undefined) {
      unresolved.push(name);
      faults.push({ in: 'body', pointer: at, keyword: 'name', detail: holder ?? 'not-found' });
    }
  }
  return { found: [...found.values()], faults, unresolved };
}

function tooMany(given: number): AdapterError {
  const [most, shown] = [maxNames, given].map((count) => count.toLocaleString('en'));
  return new AdapterError(
    'too-many-names',
    `A request can have at most ${most} names of people; this one has ${shown}.`,
    {
      members: { given, allowed: maxNames },
    },
  );
}
