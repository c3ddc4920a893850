import type { ValidateFunction } from 'ajv/dist/2020.js';
import { compileDeclaredSchema } from '../groups/compile-declared-schema.ts';
import type { GroupProperties } from '../groups/declared-group.ts';
import { type IdCharacters, idCharacterSets } from '../groups/external-group.ts';
import { createFaultList, type FaultList } from '../groups/fault-list.ts';
import { maxGroupBytes } from '../groups/group-size.ts';
import { createMemberReader, type ReadMembers } from '../groups/member-list.ts';
import { toFaults } from '../groups/validation.ts';
import type { DeadLetterError } from '../queue/dead-letter.ts';
import { describeFaults } from '../queue/describe-faults.ts';
import { type Envelope, envelopeProperties } from '../queue/envelope.ts';
import type { Reading } from '../queue/kind.ts';
import { changeMessageSchema } from './change-message-schema.ts';
import type { Change } from './core/change.ts';
import type { LookMessage } from './look-message.ts';

interface ChangeMessage {
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
  readonly look?: number;
  readonly putOff?: number;
}

/** What a message asks for, and its own members without the envelope. */
export type ChangeContent = { readonly message: object } & (
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'look'; readonly look: LookMessage }
);

export interface ChangeRules {
  readonly idCharacters: IdCharacters;
  readonly isAllowed: (connectionId: string) => boolean;
}

export type ReadChangeMessage = (value: unknown) => Reading<ChangeContent>;

/** Reads the JSON of a message: a change or a look, a refused one, or something unreadable. */
export function createReadChangeMessage(rules: ChangeRules): ReadChangeMessage {
  let isMessage: ValidateFunction<ChangeMessage & Envelope> | undefined;
  let readMembers: ReadMembers | undefined;

  return function readChangeMessage(value) {
    isMessage ??= compileDeclaredSchema<ChangeMessage & Envelope>(changeMessageSchema({}));
    readMembers ??= createMemberReader(rules.idCharacters);
    if (!isMessage(value)) {
      // One sentence says which alternatives there are; the errors of each would only confuse.
      const errors = isMessage.errors?.filter(({ schemaPath }) => !/\/(?:one|any)Of\/\d+\//.test(schemaPath));
      return unreadable(describeFaults(toFaults('body', '', errors)));
    }
    const { message, envelope } = split(value);
    const { connectionId, groupId, look, putOff } = message;
    const subject = { connectionId, groupId, operationId: '' };
    const readable = { kind: 'readable', envelope, subject } as const;
    if (look !== undefined) {
      const wake = { connectionId, groupId, look, ...(putOff === undefined ? {} : { putOff }) };
      const content = { kind: 'look', look: wake, message } as const;
      return { ...readable, content, refused: notAllowed(message, rules) };
    }
    const faults = createFaultList();
    const change = toChange(message, readMembers, faults);
    if (!faults.isEmpty()) return unreadable(describeFaults(faults.listed()));
    const content = { kind: 'change', change, message } as const;
    return { ...readable, content, refused: refusalOf(message, rules) };
  };
}

function unreadable(detail: string): Reading<ChangeContent> {
  return { kind: 'unreadable', error: { code: 'validation-failed', detail }, subject: null };
}

function split(value: ChangeMessage & Envelope): { message: ChangeMessage; envelope: Envelope } {
  const isEnvelope = (name: string) => Object.hasOwn(envelopeProperties, name);
  const entries = Object.entries(value);
  const { connectionId, groupId } = value;
  return {
    message: {
      connectionId,
      groupId,
      ...Object.fromEntries(entries.filter(([name]) => !isEnvelope(name))),
    },
    envelope: Object.fromEntries(entries.filter(([name]) => isEnvelope(name))),
  };
}

function refusalOf(message: ChangeMessage, rules: ChangeRules): DeadLetterError | null {
  const { pattern, description } = idCharacterSets[rules.idCharacters];
  if (!new RegExp(pattern).test(message.groupId)) {
    const detail = `The group's id has characters other than those that GROUP_ID_CHARACTERS allows: ${description}.`;
    return { code: 'validation-failed', detail };
  }
  const foreign = notAllowed(message, rules);
  if (foreign !== null) return foreign;
  const { group } = message;
  if (group !== undefined && Buffer.byteLength(JSON.stringify(group), 'utf8') > maxGroupBytes)
    return { code: 'payload-too-large', detail: `The group is over ${maxGroupBytes / 1024} KiB.` };
  return null;
}

function notAllowed({ connectionId }: ChangeMessage, { isAllowed }: ChangeRules): DeadLetterError | null {
  if (isAllowed(connectionId)) return null;
  return { code: 'connection-not-allowed', detail: 'EXTERNAL_CONNECTIONS does not list the connection.' };
}

function toChange(message: ChangeMessage, readMembers: ReadMembers, faults: FaultList): Change {
  const { connectionId, groupId, sequence, removals, group, members, add, remove } = message;
  const about = { connectionId, groupId };
  if (message.retry !== undefined) return { ...about, kind: 'retry' };
  if (message.reassert !== undefined) return { ...about, kind: 'reassert' };
  const ordered = { ...about, ...(sequence === undefined ? {} : { sequence }) };
  if (group !== undefined) {
    const { displayName = null, description = null } = group;
    return { ...ordered, kind: 'put-group', displayName, description };
  }
  if (members !== undefined) {
    const listed = readMembers(members, { pointer: '/members', groupId }, faults);
    const counted = removals === undefined ? {} : { removals };
    return { ...ordered, kind: 'put-members', members: [...listed.values()], ...counted };
  }
  if (message.delete !== undefined) return { ...ordered, kind: 'delete-group' };
  const added = readMembers(add ?? [], { pointer: '/add', groupId }, faults);
  const removed = readMembers(remove ?? [], { pointer: '/remove', groupId, except: added }, faults);
  return { ...ordered, kind: 'patch-members', add: [...added.values()], remove: [...removed.values()] };
}
