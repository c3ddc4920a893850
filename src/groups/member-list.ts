import { compileDeclaredSchema } from './compile-declared-schema.ts';
import type { IdCharacters } from './external-group.ts';
import type { FaultList } from './fault-list.ts';
import { type Member, memberKey, memberSchema } from './member.ts';
import { toFaults, type ValidationFault } from './validation.ts';

/** Maximum number of members of a group. */
export const maxMembers = 50_000;

/** Members by key: a repeated member is one, in its first spelling. */
export type MemberList = ReadonlyMap<string, Member>;

export interface MemberListOptions {
  /** JSON pointer to the list. */
  readonly pointer: string;
  /** The group they are members of, which cannot contain itself; null if unknown. */
  readonly groupId: string | null;
  /** Members that must not be in this list as well. */
  readonly except?: MemberList;
}

/** Narrows the entries of a list of members; adds errors to `faults` until that is full. */
export type ReadMembers = (
  entries: readonly unknown[],
  options: MemberListOptions,
  faults: FaultList,
) => MemberList;

/**
 * Entries are validated one by one: AJV keeps every error of one validation, and a list of 50,000 invalid entries would
 * take hundreds of megabytes for a response that lists a hundred of them.
 */
export function createMemberReader(idCharacters: IdCharacters): ReadMembers {
  const isMember = compileDeclaredSchema<Member>(memberSchema(idCharacters));
  return (entries, { pointer, groupId, except }, faults) => {
    const own = groupId === null ? null : memberKey({ type: 'externalGroup', id: groupId });
    const members = new Map<string, Member>();
    for (const [index, entry] of entries.entries()) {
      if (faults.isFull()) break;
      const at = `${pointer}/${index}`;
      if (!isMember(entry)) {
        faults.add(toFaults('body', at, isMember.errors));
        continue;
      }
      const key = memberKey(entry);
      if (key === own) faults.add([forbidden(`${at}/id`, 'must not be the group itself')]);
      else if (except?.has(key)) faults.add([forbidden(at, 'must not be added and removed at once')]);
      else if (!members.has(key)) members.set(key, entry);
    }
    return members;
  };
}

function forbidden(pointer: string, detail: string): ValidationFault {
  return { in: 'body', pointer, keyword: 'not', detail };
}
