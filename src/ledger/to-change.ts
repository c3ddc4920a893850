import { type IdCharacters, idCharacterSets, maxGroupBytes } from '../groups/external-group.ts';
import type { FaultList } from '../groups/fault-list.ts';
import { type GroupProperties, propertiesOf } from '../groups/group-properties.ts';
import { createMemberReader, type MemberList, type MemberRules, maxMembers } from '../groups/member-list.ts';
import type { ValidationFault } from '../groups/validation.ts';
import type { ProblemCode } from '../problems/catalogue.ts';
import type { RequestedChange } from './core/change.ts';

/** What a change says, in the words of a message; the entries of its lists are not checked yet. */
export interface ChangeParts {
  readonly connectionId: string;
  readonly groupId: string;
  readonly sequence?: number;
  readonly removals?: number;
  readonly group?: GroupProperties;
  readonly delete?: true;
  readonly members?: readonly unknown[];
  readonly add?: readonly unknown[];
  readonly remove?: readonly unknown[];
  readonly retry?: true;
  readonly reassert?: true;
  readonly resequence?: number;
}

interface ToChange {
  /** The change that the parts make; errors in its lists are added, each below the pointer to the parts. */
  readonly change: (parts: ChangeParts, at: string, faults: FaultList) => RequestedChange;
  /** Adds the errors in the lists of what is no change for another reason: all are reported at once. */
  readonly addListFaults: (value: unknown, at: string, faults: FaultList) => void;
}

export function createToChange(rules: MemberRules): ToChange {
  const readMembers = createMemberReader(rules);

  function addListFaults(value: unknown, at: string, faults: FaultList): void {
    if (typeof value !== 'object' || value === null) return;
    const { groupId, members, add, remove }: Record<string, unknown> = { ...value };
    const about = { groupId: typeof groupId === 'string' ? groupId : null };
    const read = (list: unknown, name: string, except?: MemberList) =>
      Array.isArray(list)
        ? readMembers(list, { ...about, pointer: `${at}/${name}`, ...(except && { except }) }, faults)
        : undefined;
    read(members, 'members');
    read(remove, 'remove', read(add, 'add'));
  }

  function toChange(parts: ChangeParts, at: string, faults: FaultList): RequestedChange {
    const { connectionId, groupId, sequence, removals, group, members, add, remove } = parts;
    const about = { connectionId, groupId };
    if (parts.retry !== undefined) return { ...about, kind: 'retry' };
    if (parts.reassert !== undefined) return { ...about, kind: 'reassert' };
    if (parts.resequence !== undefined) return { ...about, kind: 'resequence', resequence: parts.resequence };
    const ordered = { ...about, ...(sequence === undefined ? {} : { sequence }) };
    if (group !== undefined) return { ...ordered, kind: 'put-group', ...propertiesOf(group) };
    if (parts.delete !== undefined) return { ...ordered, kind: 'delete-group' };
    if (members !== undefined) {
      const listed = readMembers(members, { pointer: `${at}/members`, groupId }, faults);
      const counted = removals === undefined ? {} : { removals };
      return { ...ordered, kind: 'put-members', members: [...listed.values()], ...counted };
    }
    const added = readMembers(add ?? [], { pointer: `${at}/add`, groupId }, faults);
    const removed = readMembers(remove ?? [], { pointer: `${at}/remove`, groupId, except: added }, faults);
    return { ...ordered, kind: 'patch-members', add: [...added.values()], remove: [...removed.values()] };
  }

  return { change: toChange, addListFaults };
}

/** Why a change that can be read is refused. */
interface Excess {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly members: Readonly<Record<string, unknown>>;
}

/** What is too large in a change; null: nothing. */
export function excessOf(change: RequestedChange): Excess | null {
  if (change.kind === 'put-group') {
    // As short as its sender can write it: a body of 32 KiB that leaves one of them out is not over the limit.
    const given = Object.entries(propertiesOf(change)).filter(([, value]) => value !== null);
    const text = JSON.stringify(Object.fromEntries(given));
    if (Buffer.byteLength(text, 'utf8') <= maxGroupBytes) return null;
    return {
      code: 'payload-too-large',
      detail: `The group is over ${maxGroupBytes / 1024} KiB.`,
      members: {},
    };
  }
  const given = longestList(change);
  if (given <= maxMembers) return null;
  const [most, shown] = [maxMembers, given].map((count) => count.toLocaleString('en'));
  return {
    code: 'too-many-members',
    detail: `A group has at most ${most} members; the list has ${shown}.`,
    members: { given, allowed: maxMembers },
  };
}

function longestList(change: RequestedChange): number {
  if (change.kind === 'put-members') return change.members.length;
  return change.kind === 'patch-members' ? Math.max(change.add.length, change.remove.length) : 0;
}

/** The error in a group's id whose characters the setting does not allow; null: it has none. */
export function idFault(groupId: string, at: string, idCharacters: IdCharacters): ValidationFault | null {
  const { pattern, description } = idCharacterSets[idCharacters];
  if (new RegExp(pattern).test(groupId)) return null;
  const detail = `has characters other than those that GROUP_ID_CHARACTERS allows: ${description}`;
  return { in: 'body', pointer: `${at}/groupId`, keyword: 'pattern', detail };
}
