import type { ValidateFunction } from 'ajv/dist/2020.js';
import { compileSchema } from '../groups/compile-schema.ts';
import { connectionIdSchema } from '../groups/connection-id.ts';
import {
  type ExternalGroup,
  externalGroupSchema,
  type IdCharacters,
  idCharacterSets,
  isTooLarge,
} from '../groups/external-group.ts';
import { readProperties } from '../groups/group-properties.ts';
import { operationIdOf, operationIdPattern } from '../groups/operation-id.ts';
import { toFaults } from '../groups/validation.ts';
import type { Problem } from '../problems/problem.ts';
import { type Envelope, envelopeProperties } from '../queue/envelope.ts';
import type { Reading } from '../queue/message-kind.ts';
import { connectionNotAllowed, describeFaults, groupTooLarge } from '../queue/refusals.ts';
import type { Subject } from '../queue/work-item.ts';

/**
 * JSON Schema of a message on the queue. A producer needs `connectionId` and `group`; the other members are the
 * adapter's own. It accepts ids in any character set that a setting allows, so that work accepted under another
 * setting can still be read.
 */
export const creationMessageSchema = {
  type: 'object',
  title: 'Creation of an external group, queued',
  description: 'A message is this as JSON or base64-encoded JSON.',
  required: ['connectionId', 'group'],
  additionalProperties: false,
  properties: {
    connectionId: connectionIdSchema,
    group: externalGroupSchema('base64url'),
    operationId: {
      type: 'string',
      pattern: operationIdPattern,
      description: 'Derived from connection, group id and properties; any other value is refused.',
    },
    ...envelopeProperties,
  },
} as const;

/** What is to be created. */
export interface Creation {
  readonly connectionId: string;
  readonly group: ExternalGroup;
}

type Message = Creation & Envelope & { readonly operationId?: string };

export interface CreationRules {
  readonly idCharacters: IdCharacters;
  readonly isAllowed: (connectionId: string) => boolean;
}

export type ReadCreation = (value: unknown) => Reading<Creation>;

/** Reads the JSON of a message: a creation, a refused one, or something unreadable. */
export function createReadCreation(rules: CreationRules): ReadCreation {
  let isMessage: ValidateFunction<Message> | undefined;
  return function readCreation(value) {
    isMessage ??= compileSchema<Message>(creationMessageSchema);
    if (!isMessage(value)) {
      const problem = invalid(describeFaults(toFaults('body', '', isMessage.errors)));
      return { kind: 'unreadable', problem, subject: subjectOf(value) };
    }
    const { connectionId, group, operationId, ...envelope } = value;
    const subject = toSubject(connectionId, group);
    if (operationId !== undefined && operationId !== subject.operationId) {
      const problem = invalid('The operationId in the message is not the one derived from its content.');
      return { kind: 'unreadable', problem, subject };
    }
    const refused = refusalOf({ connectionId, group }, rules);
    return { kind: 'readable', content: { connectionId, group }, envelope, subject, refused };
  };
}

function refusalOf({ connectionId, group }: Creation, rules: CreationRules): Problem | null {
  const { pattern, description } = idCharacterSets[rules.idCharacters];
  if (!new RegExp(pattern).test(group.id))
    return invalid(
      `The group's id has characters other than those that GROUP_ID_CHARACTERS allows: ${description}.`,
    );
  if (!rules.isAllowed(connectionId)) return connectionNotAllowed;
  if (isTooLarge(group)) return groupTooLarge;
  return null;
}

function invalid(detail: string): Problem {
  return { code: 'validation-failed', detail, members: {} };
}

export function toSubject(connectionId: string, group: ExternalGroup): Subject {
  return { connectionId, groupId: group.id, operationId: operationIdOf(connectionId, group) };
}

/** The subject of a message that breaks the schema, if its content names one. */
function subjectOf(value: unknown): Subject | null {
  const text = (found: unknown) => (typeof found === 'string' && found.length <= 128 ? found : null);
  const { connectionId, group } = toRecord(value);
  const { id, ...rest } = toRecord(group);
  const properties = readProperties((name) => rest[name]);
  const connection = text(connectionId);
  const groupId = text(id);
  if (connection === null || groupId === null || properties === null) return null;
  return toSubject(connection, { id: groupId, ...properties });
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
