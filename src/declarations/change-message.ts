import { compileSchema } from '../groups/compile-schema.ts';
import { connectionIdSchema } from '../groups/connection-id.ts';
import { type GroupProperties, groupIdSchema, groupPropertiesSchema } from '../groups/declared-group.ts';
import type { IdCharacters } from '../groups/external-group.ts';
import { createFaultList, type FaultList } from '../groups/fault-list.ts';
import { createMemberReader, type ReadMembers } from '../groups/member-list.ts';
import { toFaults } from '../groups/validation.ts';
import type { Change } from '../ledger/change.ts';
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
 * JSON Schema of a message on the queue of changes. `member`: the schema of a member, `{}` for the outline alone.
 * `envelope`: what the adapter's own messages carry besides. None has the name of a property of the trigger's
 * metadata.
 */
export function changeMessageSchema(idCharacters: IdCharacters, member: object, envelope: object = {}) {
  const list = { type: 'array', items: member } as const;
  return {
    type: 'object',
    title: 'Change of a declared group, queued',
    required: ['connectionId', 'groupId'],
    additionalProperties: false,
    properties: {
      connectionId: connectionIdSchema,
      groupId: groupIdSchema(idCharacters),
      sequence: {
        type: 'integer',
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description:
          'Puts changes in order however they arrive: the version in the source, or its clock in milliseconds.',
      },
      group: groupPropertiesSchema,
      delete: { ...only, description: 'The group shall not exist.' },
      members: { ...list, description: 'All members that the group shall have.' },
      removals: {
        type: 'integer',
        minimum: 0,
        description:
          'The removals that the sender knows of: needed for more than 10 that are more than half.',
      },
      add: { ...list, description: 'Members that the group shall have besides.' },
      remove: { ...list, description: 'Members that the group shall have no longer.' },
      retry: { ...only, description: 'What failed is tried again.' },
      reassert: { ...only, description: 'All that is recorded is written to Graph anew, removals too.' },
      look: { type: 'integer', minimum: 1, description: 'The adapter’s own: wakes the work on the group.' },
      putOff: { type: 'integer', minimum: 1, description: 'The adapter’s own, of a look.' },
      ...envelope,
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

/** What a message on the queue of changes asks for. */
export type ChangeContent =
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'look'; readonly look: LookMessage };

/** Bytes of a group's JSON: the bound of the HTTP routes. */
const longestGroup = 32 * 1024;

export type ReadChangeMessage = (value: unknown) =>
  | { readonly ok: true; readonly content: ChangeContent }
  | {
      readonly ok: false;
      readonly code: 'validation-failed' | 'payload-too-large';
      readonly detail: string;
    };

/** A dead letter's detail names so many faults at most: a message can hold thousands. */
const namedFaults = 10;

/** Narrows the JSON of a message. `envelope`: properties that it may have besides and that are read elsewhere. */
export function createChangeMessageReader(
  idCharacters: IdCharacters,
  envelope: object = {},
): ReadChangeMessage {
  const isMessage = compileSchema<ChangeMessage>(changeMessageSchema(idCharacters, anything, envelope));
  const readMembers = createMemberReader(idCharacters);
  return (value) => {
    const faults = createFaultList();
    if (!isMessage(value)) {
      // Which of the alternatives fits is told in one sentence, not by the faults of each.
      const errors = isMessage.errors?.filter(({ schemaPath }) => !/\/(?:one|any)Of\/\d+\//.test(schemaPath));
      faults.add(toFaults('body', '', errors));
      return { ok: false, code: 'validation-failed', detail: wordFaults(faults) };
    }
    const { connectionId, groupId, look, putOff } = value;
    if (look !== undefined) {
      const wake = { connectionId, groupId, look, ...(putOff === undefined ? {} : { putOff }) };
      return { ok: true, content: { kind: 'look', look: wake } };
    }
    const change = toChange(value, readMembers, faults);
    if (!faults.isEmpty()) return { ok: false, code: 'validation-failed', detail: wordFaults(faults) };
    const { group } = value;
    if (group !== undefined && Buffer.byteLength(JSON.stringify(group), 'utf8') > longestGroup)
      return { ok: false, code: 'payload-too-large', detail: 'The group is over 32 KiB.' };
    return { ok: true, content: { kind: 'change', change } };
  };
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

/** Names no value: a pointer and a rule, as the answer to a request does. */
function wordFaults(faults: FaultList): string {
  const listed = faults.listed();
  const named = listed
    .slice(0, namedFaults)
    .map(({ pointer, detail }) => `${pointer || '(message)'} ${detail}`);
  return `The message breaks the schema: ${named.join('; ')}${listed.length > namedFaults ? '; and more' : ''}.`;
}
