import type { Steps } from '../shared/steps.ts';
import { compileDeclaredSchema } from './compile-declared-schema.ts';
import type { IdCharacters } from './external-group.ts';
import type { FaultList } from './fault-list.ts';
import { type MemberType, memberIdentity, memberKey, memberSchema, type RequestedMember } from './member.ts';
import { type MemberName, type NameKind, nameKey, nameKinds } from './member-name.ts';
import { toFaults, type ValidationFault } from './validation.ts';

/** Maximum number of members of a group. */
export const maxMembers = 50_000;

/** Entries of a list that are one step: about a millisecond. */
const stepLength = 100;

/** Members by identity: a repeated member counts once, in its first spelling and with its last type. */
export type MemberList = ReadonlyMap<string, RequestedMember>;

export interface MemberRules {
  readonly idCharacters: IdCharacters;
  /** The names that are looked up. */
  readonly memberNames: readonly NameKind[];
}

interface MemberListOptions {
  /** JSON pointer to the list. */
  readonly pointer: string;
  /** The group they are members of, which cannot contain itself; null if unknown. */
  readonly groupId: string | null;
  /** Members that must not be in this list as well. */
  readonly except?: MemberList;
}

/** Narrows the entries of a list of members; adds errors to `faults` until that is full. */
type ReadMembers = (
  entries: readonly unknown[],
  options: MemberListOptions,
  faults: FaultList,
) => Steps<MemberList>;

type MemberEntry = { readonly type: MemberType; readonly id?: string } & {
  readonly [kind in NameKind]?: string;
};

/**
 * Entries are validated one by one: AJV keeps every error of one validation, and a list of 50,000 invalid entries would
 * take hundreds of megabytes for a response that lists a hundred of them.
 */
export function createMemberReader({ idCharacters, memberNames }: MemberRules): ReadMembers {
  const isEntry = compileDeclaredSchema<MemberEntry>(memberSchema(idCharacters));

  function readEntry(entry: MemberEntry, at: string): RequestedMember | ValidationFault {
    const { type, id } = entry;
    const names = nameKinds.flatMap((kind): MemberName[] => {
      const value = entry[kind];
      return value === undefined ? [] : [{ kind, value }];
    });
    const [name, another] = names;
    if (another !== undefined) return forbidden(at, 'must not have more than one name');
    if (name === undefined) return id === undefined ? withoutId(at) : { type, id };
    if (id !== undefined) return { type, id, name, at };
    return memberNames.includes(name.kind) ? { type, name, at } : notLookedUp(name.kind, at);
  }

  function notLookedUp(kind: NameKind, at: string): ValidationFault {
    const allowed = memberNames.length === 0 ? 'is not set' : `allows ${memberNames.join(', ')} only`;
    const detail = `is not looked up here without an id: the setting MEMBER_NAMES ${allowed}`;
    return { in: 'body', pointer: `${at}/${kind}`, keyword: 'name', detail };
  }

  return function* readMembers(entries, { pointer, groupId, except }, faults) {
    const own = groupId === null ? null : memberKey({ type: 'externalGroup', id: groupId });
    const isItself = ({ type, id = '' }: RequestedMember) => memberKey({ type, id }) === own;
    const members = new Map<string, RequestedMember>();
    for (const [index, entry] of entries.entries()) {
      if (faults.isFull()) break;
      if (index % stepLength === stepLength - 1) yield;
      const at = `${pointer}/${index}`;
      if (!isEntry(entry)) {
        faults.add(toFaults('body', at, isEntry.errors));
        continue;
      }
      const said = readEntry(entry, at);
      if ('keyword' in said) {
        faults.add([said]);
        continue;
      }
      const key = requestedIdentity(said);
      const earlier = members.get(key);
      if (isItself(said)) faults.add([forbidden(`${at}/id`, 'must not be the group itself')]);
      else if (except?.has(key)) faults.add([forbidden(at, 'must not be both added and removed')]);
      else if (earlier?.type !== said.type) members.set(key, said);
    }
    return members;
  };
}

function requestedIdentity({ id = '', name }: RequestedMember): string {
  return id === '' && name !== undefined ? `name:${nameKey(name)}` : memberIdentity({ id });
}

function withoutId(at: string): ValidationFault {
  return { in: 'body', pointer: `${at}/id`, keyword: 'required', detail: 'is required' };
}

function forbidden(pointer: string, detail: string): ValidationFault {
  return { in: 'body', pointer, keyword: 'not', detail };
}
