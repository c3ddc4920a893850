import { connectionIdSchema } from '../groups/connection-id.ts';
import { groupIdSchema, groupPropertiesSchema } from '../groups/declared-group.ts';
import { maxMembers } from '../groups/member-list.ts';
import { envelopeProperties } from '../queue/envelope.ts';

const yes = { type: 'boolean', const: true } as const;
const anything = {} as const;
const sequenceSchema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

/** What a message says about a group: exactly one of these; `add` and `remove` together count as one. */
const contents = [['group'], ['delete'], ['members'], ['add', 'remove'], ['retry'], ['reassert']] as const;
/** What needs a sequence. */
export const orderedContents = ['group', 'delete', 'members', 'add', 'remove'] as const;

/**
 * JSON Schema of a message on the queue of changes; `member`: the schema of a member, `{}` for the outline alone. It
 * accepts ids in any character set that a setting allows, as the schema of creations does.
 */
export function changeMessageSchema(member: object) {
  return schemaOf(member, {
    title: 'Change of a declared group, queued',
    description:
      'A message is this as JSON, base64-encoded JSON, or a CloudEvents 1.0 event whose `data` is this.',
    contents: [...contents, ['resequence'], ['look']],
    more: {
      resequence: {
        ...sequenceSchema,
        description:
          'Corrects a sequence that was sent by mistake: everything that the group has counts as of this sequence.',
      },
      look: {
        type: 'integer',
        minimum: 1,
        description: 'For the adapter only: starts the work on the group.',
      },
      putOff: { type: 'integer', minimum: 1, description: 'For the adapter only, with `look`.' },
      ...envelopeProperties,
    },
    dependent: { putOff: ['look'] },
  });
}

/** JSON Schema of the body of `POST /api/changes`: a message without what is the adapter's own. */
export function postedChangeSchema(member: object) {
  return schemaOf(member, {
    title: 'Change of a declared group',
    description: 'The content of a message on the queue `external-group-changes`, or a dry run of it.',
    contents,
    more: {
      dryRun: {
        type: 'boolean',
        description: 'Computes what the change would do. Records nothing and does not call Graph.',
      },
    },
    dependent: {},
  });
}

/** JSON Schema of a change as the mapping of a source makes it, with the connection of its setting. */
export function mappedChangeSchema(member: object) {
  const schema = schemaOf(member, {
    title: 'Change of a declared group, mapped from an event',
    description: 'A change that a source maps from an event.',
    contents: [['group'], ['delete'], ['members'], ['add', 'remove']],
    more: {},
    dependent: {},
  });
  return { ...schema, required: [...schema.required, 'sequence'] } as const;
}

interface Door {
  readonly title: string;
  readonly description: string;
  readonly contents: readonly (readonly string[])[];
  /** Members that only this door takes. */
  readonly more: Readonly<Record<string, object>>;
  readonly dependent: Readonly<Record<string, readonly string[]>>;
}

function schemaOf(member: object, { title, description, contents, more, dependent }: Door) {
  const list = { type: 'array', items: member } as const;
  return {
    type: 'object',
    title,
    description,
    required: ['connectionId', 'groupId'],
    additionalProperties: false,
    properties: {
      connectionId: connectionIdSchema,
      groupId: groupIdSchema('base64url'),
      sequence: {
        ...sequenceSchema,
        description:
          'Orders changes regardless of when they arrive: the version in the source, or its clock in milliseconds.',
      },
      group: groupPropertiesSchema,
      delete: { ...yes, description: 'Deletes the group.' },
      members: { ...list, description: 'All members of the group. Members that are not listed are removed.' },
      removals: {
        type: 'integer',
        minimum: 0,
        description:
          'The number of removals that the sender expects. Required to remove more than 10 members, and more than half of the group.',
      },
      add: { ...list, description: 'Members to add.' },
      remove: { ...list, description: 'Members to remove.' },
      retry: { ...yes, description: 'Retries what failed.' },
      reassert: { ...yes, description: 'Writes everything recorded to Graph again, including removals.' },
      ...more,
    },
    allOf: [
      {
        description: `must have exactly one of ${contents.map((names) => names.join(' and ')).join(', ')}`,
        oneOf: contents.map((names) => {
          const [only, ...more] = names.map((name) => ({
            required: [name],
            properties: { [name]: anything },
          }));
          return more.length === 0 ? only : { anyOf: [only, ...more] };
        }),
      },
    ],
    dependentRequired: {
      ...Object.fromEntries(orderedContents.map((name) => [name, ['sequence']])),
      removals: ['members'],
      ...dependent,
    },
  } as const;
}

/** JSON Schema of the complete list of members of a group. `member`: that of one, `{}` for the outline alone. */
export function putMembersSchema(member: object) {
  return {
    type: 'object',
    title: 'Members of a group',
    description: `All members of the group, ${maxMembers.toLocaleString('en')} at most. A member that is listed twice counts once.`,
    required: ['members'],
    additionalProperties: false,
    properties: { members: { type: 'array', items: member } },
  } as const;
}

/** JSON Schema of a change of members. */
export function patchMembersSchema(member: object) {
  return {
    type: 'object',
    title: 'Change of the members of a group',
    description: 'Members to add and to remove. No member can be in both lists.',
    minProperties: 1,
    additionalProperties: false,
    properties: { add: { type: 'array', items: member }, remove: { type: 'array', items: member } },
  } as const;
}
