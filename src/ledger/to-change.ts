import { type IdCharacters, idCharacterSets, maxGroupBytes } from '../groups/external-group.ts';
import type { FaultList } from '../groups/fault-list.ts';
import { type GroupProperties, propertiesOf } from '../groups/group-properties.ts';
import { createMemberReader, type MemberList, type MemberRules, maxMembers } from '../groups/member-list.ts';
import type { ValidationFault } from '../groups/validation.ts';
import type { Problem } from '../problems/problem.ts';
import { groupTooLarge } from '../queue/refusals.ts';
import type { Steps } from '../shared/steps.ts';
import type { RequestedChange } from './core/change.ts';

/** A change as a message has it; the entries of its lists are not checked yet. */
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
  readonly change: (parts: ChangeParts, at: string, faults: FaultList) => Steps<RequestedChange>;
  /** Adds the errors in the lists of what is no change for another reason: all are reported at once. */
  readonly addListFaults: (value: unknown, at: string, faults: FaultList) => Steps<void>;
}

export function createToChange(rules: MemberRules): ToChange {
  const readMembers = createMemberReader(rules);

  function* addListFaults(value: unknown, at: string, faults: FaultList): Steps<void> {
    if (typeof value !== 'object' || value === null) return;
    const { groupId, members, add, remove }: Record<string, unknown> = { ...value };
    const about = { groupId: typeof groupId === 'string' ? groupId : null };
    function* read(list: unknown, name: string, except?: MemberList): Steps<MemberList | undefined> {
      if (!Array.isArray(list)) return undefined;
      return yield* readMembers(
        list,
        { ...about, pointer: `${at}/${name}`, ...(except && { except }) },
        faults,
      );
    }
    yield* read(members, 'members');
    yield* read(remove, 'remove', yield* read(add, 'add'));
  }

  function* toChange(parts: ChangeParts, at: string, faults: FaultList): Steps<RequestedChange> {
    const { connectionId, groupId, sequence, removals, group, members, add, remove } = parts;
    const about = { connectionId, groupId };
    if (parts.retry !== undefined) return { ...about, kind: 'retry' };
    if (parts.reassert !== undefined) return { ...about, kind: 'reassert' };
    if (parts.resequence !== undefined) return { ...about, kind: 'resequence', resequence: parts.resequence };
    const ordered = { ...about, ...(sequence === undefined ? {} : { sequence }) };
    if (group !== undefined) return { ...ordered, kind: 'put-group', ...propertiesOf(group) };
    if (parts.delete !== undefined) return { ...ordered, kind: 'delete-group' };
    if (members !== undefined) {
      const listed = yield* readMembers(members, { pointer: `${at}/members`, groupId }, faults);
      const counted = removals === undefined ? {} : { removals };
      return { ...ordered, kind: 'put-members', members: [...listed.values()], ...counted };
    }
    const added = yield* readMembers(add ?? [], { pointer: `${at}/add`, groupId }, faults);
    const removed = yield* readMembers(
      remove ?? [],
      { pointer: `${at}/remove`, groupId, except: added },
      faults,
    );
    return { ...ordered, kind: 'patch-members', add: [...added.values()], remove: [...removed.values()] };
  }

  return { change: toChange, addListFaults };
}

/** What is too large in a change; null: nothing. */
export function tooLarge(change: RequestedChange): Problem | null {
  if (change.kind === 'put-group') {
    // As short as its sender can write it: a body of 32 KiB that leaves one of them out is not over the limit.
    const given = Object.entries(propertiesOf(change)).filter(([, value]) => value !== null);
    const text = JSON.stringify(Object.fromEntries(given));
    if (Buffer.byteLength(text, 'utf8') <= maxGroupBytes) return null;
    return groupTooLarge;
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
