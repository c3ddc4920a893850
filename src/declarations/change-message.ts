import type { ValidateFunction } from 'ajv/dist/2020.js';
import { compileDeclaredSchema } from '../groups/compile-declared-schema.ts';
import { connectionIdSchema } from '../groups/connection-id.ts';
import { type GroupProperties, groupIdSchema, groupPropertiesSchema } from '../groups/declared-group.ts';
import { type IdCharacters, idCharacterSets } from '../groups/external-group.ts';
import { createFaultList, type FaultList } from '../groups/fault-list.ts';
import { maxGroupBytes } from '../groups/group-size.ts';
import { createMemberReader, type ReadMembers } from '../groups/member-list.ts';
import { toFaults } from '../groups/validation.ts';
import type { Change } from '../ledger/change.ts';
import type { DeadLetterError } from '../work/dead-letter.ts';
import { describeFaults } from '../work/describe-faults.ts';
import { type Envelope, envelopeProperties } from '../work/envelope.ts';
import type { Reading } from '../work/kind.ts';
import type { LookMessage } from './look-message.ts';

const only = { type: 'boolean', const: true } as const;
const anything = {} as const;

/** What a message says of a group: exactly one of these, `add` and `remove` together being one. */
const contents = [
  ['group'],
  ['delete'],
  ['members'],
  ['add', 'remove'],
  ['retry'],
  ['reassert'],
  ['look'],
] as const;
const ordered = ['group', 'delete', 'members', 'add', 'remove'] as const;

/**
 * JSON Schema of a message on the queue of changes; `member`: the schema of a member, `{}` for the outline alone. Of
 * the characters of ids it takes all that any setting allows, as that of creations does.
 */
export function changeMessageSchema(member: object) {
  const list = { type: 'array', items: member } as const;
  return {
    type: 'object',
    title: 'Change of a declared group, queued',
    description: 'The text of a message is this as JSON, or base64 of it.',
    required: ['connectionId', 'groupId'],
    additionalProperties: false,
    properties: {
      connectionId: connectionIdSchema,
      groupId: groupIdSchema('base64url'),
      sequence: {
        type: 'integer',
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description:
          'Puts changes in order however they arrive: the version in the source, or its clock in milliseconds.',
      },
      group: groupPropertiesSchema,
      delete: { ...only, description: 'Deletes the group.' },
      members: { ...list, description: 'All members of the group: members that are not listed are removed.' },
      removals: {
        type: 'integer',
        minimum: 0,
        description:
          'The removals that the sender knows of: needed for more than 10 that are more than half.',
      },
      add: { ...list, description: 'Members to add.' },
      remove: { ...list, description: 'Members to remove.' },
      retry: { ...only, description: 'What failed is tried again.' },
      reassert: { ...only, description: 'All that is recorded is written to Graph anew, removals too.' },
      look: { type: 'integer', minimum: 1, description: 'The adapter’s own: wakes the work on the group.' },
      putOff: { type: 'integer', minimum: 1, description: 'The adapter’s own, of a look.' },
      ...envelopeProperties,
    },
    allOf: [
      {
        description: `must have exactly one of ${contents.map((names) => names.join(' and ')).join(', ')}`,
        oneOf: contents.map((names) => ({
          anyOf: names.map((name) => ({ required: [name], properties: { [name]: anything } })),
        })),
      },
    ],
    dependentRequired: {
      ...Object.fromEntries(ordered.map((name) => [name, ['sequence']])),
      removals: ['members'],
      putOff: ['look'],
    },
  } as const;
}

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

/** Reads the JSON of a message: a change or a look, one that is refused, or what cannot be read as either. */
export function createReadChangeMessage(rules: ChangeRules): ReadChangeMessage {
  let isMessage: ValidateFunction<ChangeMessage & Envelope> | undefined;
  let readMembers: ReadMembers | undefined;

  return function readChangeMessage(value) {
    isMessage ??= compileDeclaredSchema<ChangeMessage & Envelope>(changeMessageSchema(anything));
    readMembers ??= createMemberReader(rules.idCharacters);
    if (!isMessage(value)) {
      // Which of the alternatives fits is told in one sentence, not by the faults of each.
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
  const { pattern, words } = idCharacterSets[rules.idCharacters];
  if (!new RegExp(pattern).test(message.groupId)) {
    const detail = `The group's id has characters other than those that GROUP_ID_CHARACTERS allows: ${words}.`;
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
