import { operationStatuses } from '../creations/operations/operation.ts';
import { patchMembersSchema, putMembersSchema } from '../declarations/members-body.ts';
import { checkStatuses } from '../diagnostics/check.ts';
import { connectionIdSchema } from '../groups/connection-id.ts';
import { declaredGroupSchema, groupIdSchema } from '../groups/declared-group.ts';
import { externalGroupSchema, type IdCharacters } from '../groups/external-group.ts';
import { memberSchema, memberTypes } from '../groups/member.ts';
import { operationIdPattern } from '../groups/operation-id.ts';
import { postponementReasons } from '../groups/postponement-reason.ts';
import { recordStates } from '../ledger/group-record.ts';
import { problemCatalogue } from '../problems/catalogue.ts';

const signatureHeaders = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/** The header parameters of every route that takes signatures. */
export const signed = ['RequestId', ...signatureHeaders] as const;

/** A reference to a component of the document. */
export function ref(kind: 'schemas' | 'parameters' | 'headers', name: string) {
  return { $ref: `#/components/${kind}/${name}` };
}

export const text = { type: 'string' } as const;
const dateTime = { type: 'string', format: 'date-time' } as const;

const problemSchema = {
  type: 'object',
  title: 'Problem details (RFC 9457)',
  required: ['type', 'title', 'status', 'detail', 'instance'],
  properties: {
    type: { type: 'string', enum: Object.keys(problemCatalogue).map((code) => `urn:problem-type:${code}`) },
    title: text,
    status: { type: 'integer' },
    detail: text,
    instance: text,
    errors: { type: 'array', items: ref('schemas', 'ValidationFault') },
    existing: { type: 'object' },
    requested: { type: 'object' },
    graph: {
      type: 'object',
      required: ['status', 'code', 'requestId'],
      properties: {
        status: { type: 'integer' },
        code: { type: ['string', 'null'] },
        requestId: { type: ['string', 'null'] },
      },
    },
    hint: text,
    record: ref('schemas', 'GroupRecord'),
    counts: { type: 'object', description: 'Members in each state.' },
  },
} as const;

const validationFaultSchema = {
  type: 'object',
  required: ['in', 'pointer', 'keyword', 'detail'],
  properties: {
    in: { type: 'string', enum: ['body', 'path', 'query'] },
    pointer: text,
    keyword: text,
    detail: text,
  },
} as const;

const operationSchema = {
  type: 'object',
  required: [
    'id',
    'status',
    'connectionId',
    'groupId',
    'reason',
    'createdDateTime',
    'lastActionDateTime',
    'attempts',
  ],
  properties: {
    id: { type: 'string', pattern: operationIdPattern },
    status: { type: 'string', enum: operationStatuses },
    connectionId: text,
    groupId: text,
    reason: { type: 'string', enum: postponementReasons },
    createdDateTime: dateTime,
    lastActionDateTime: dateTime,
    attempts: { type: 'integer', minimum: 0 },
    nextAttemptDateTime: dateTime,
    resourceLocation: { type: 'string', format: 'uri' },
    error: ref('schemas', 'Problem'),
  },
} as const;

const counts = {
  type: 'object',
  required: recordStates,
  properties: Object.fromEntries(recordStates.map((state) => [state, { type: 'integer', minimum: 0 }])),
};

const groupRecordSchema = {
  type: 'object',
  title: 'Record of a declared group',
  required: [
    'connectionId',
    'id',
    'displayName',
    'description',
    'deleted',
    'state',
    'members',
    'lastChangedDateTime',
  ],
  properties: {
    connectionId: text,
    id: text,
    displayName: { type: ['string', 'null'] },
    description: { type: ['string', 'null'] },
    deleted: { type: 'boolean' },
    state: {
      type: 'string',
      enum: recordStates,
      description: '`failed`: nothing is under way, and something failed.',
    },
    sequence: { type: 'integer', minimum: 0 },
    members: { ...counts, description: 'Members in each state, those that shall be gone included.' },
    lastChangedDateTime: dateTime,
    lastAppliedDateTime: dateTime,
    nextAttemptDateTime: dateTime,
    error: ref('schemas', 'Problem'),
    superseded: {
      const: true,
      description: 'In the answer to a change: later changes have the last word; nothing changed.',
    },
  },
} as const;

const memberRecordSchema = {
  type: 'object',
  title: 'Record of a member',
  required: ['type', 'id', 'wanted', 'state'],
  properties: {
    type: { type: 'string', enum: memberTypes },
    id: text,
    wanted: { type: 'boolean', description: '`false`: it shall be gone.' },
    state: { type: 'string', enum: recordStates },
    error: ref('schemas', 'Problem'),
  },
} as const;

const planSchema = {
  type: 'object',
  title: 'What a change would do',
  required: ['dryRun', 'group', 'members'],
  properties: {
    dryRun: { const: true },
    group: { type: 'string', enum: ['create', 'update', 'delete', 'unchanged'] },
    members: {
      type: 'object',
      required: ['add', 'remove', 'unchanged'],
      properties: {
        add: { type: 'integer', minimum: 0 },
        remove: { type: 'integer', minimum: 0 },
        unchanged: { type: 'integer', minimum: 0 },
      },
    },
    refused: ref('schemas', 'Problem'),
  },
} as const;

/** A page of a list; without `next` it is the last one. */
function pageOf(name: string, schema: string) {
  return {
    type: 'object',
    required: [name],
    properties: {
      [name]: { type: 'array', maxItems: 1_000, items: ref('schemas', schema) },
      next: { ...text, description: 'The `cursor` of the next page; absent on the last one.' },
    },
  };
}

const reachedBy = { type: 'string', enum: ['key', 'identity', 'other-identity'] } as const;
const diagnosisSchema = {
  type: 'object',
  required: ['checks', 'app'],
  properties: {
    checks: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'title', 'status', 'seen'],
        properties: {
          id: text,
          title: text,
          status: { type: 'string', enum: checkStatuses },
          seen: text,
          fix: text,
        },
      },
    },
    app: {
      type: 'object',
      required: ['graph', 'identity', 'storage', 'telemetry'],
      properties: {
        graph: text,
        storage: { type: ['object', 'null'], properties: { account: text, by: reachedBy } },
        telemetry: { type: ['object', 'null'], properties: { by: reachedBy } },
        identity: {
          type: ['object', 'null'],
          properties: {
            clientId: { type: ['string', 'null'] },
            objectId: { type: ['string', 'null'] },
            tenantId: { type: ['string', 'null'] },
            tokenIssuedDateTime: { type: ['string', 'null'], format: 'date-time' },
            tokenExpiresDateTime: dateTime,
          },
        },
      },
    },
  },
} as const;

export const parameters = {
  ConnectionId: { name: 'connectionId', in: 'path', required: true, schema: ref('schemas', 'ConnectionId') },
  GroupId: { name: 'groupId', in: 'path', required: true, schema: ref('schemas', 'GroupId') },
  Sequence: {
    name: 'sequence',
    in: 'query',
    schema: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    description:
      'Puts changes in order however they arrive: what has the same or a higher one keeps it. A group that has had one takes no change without.',
  },
  Removals: {
    name: 'removals',
    in: 'query',
    schema: { type: 'integer', minimum: 0 },
    description: 'The removals that the caller knows of: needed for more than 10 that are more than half.',
  },
  DryRun: {
    name: 'dryRun',
    in: 'query',
    schema: { type: 'boolean' },
    description: 'Reckons what would be done: nothing is recorded, Graph is not asked.',
  },
  Cursor: { name: 'cursor', in: 'query', schema: text, description: 'The `next` of the page before.' },
  MemberState: { name: 'state', in: 'query', schema: { type: 'string', enum: recordStates } },
  GroupState: {
    name: 'state',
    in: 'query',
    schema: { type: 'string', enum: [...recordStates, 'deleted'] },
  },
  OperationId: {
    name: 'operationId',
    in: 'path',
    required: true,
    schema: { type: 'string', pattern: operationIdPattern },
  },
  Prefer: {
    name: 'Prefer',
    in: 'header',
    schema: text,
    description:
      '`respond-async`: accept and answer 202; `wait=n`: wait for Graph n seconds at the most (RFC 7240).',
  },
  RequestId: {
    name: 'x-request-id',
    in: 'header',
    schema: { type: 'string', pattern: '^[\\w.-]{1,128}$' },
    description: 'Kept and sent back; any other value is replaced.',
  },
  ...Object.fromEntries(
    signatureHeaders.map((name) => [
      name,
      { name, in: 'header', schema: text, description: 'Standard Webhooks; required where secrets are set.' },
    ]),
  ),
};

const headers = {
  RequestId: { schema: text, description: 'The id of this exchange in the log.' },
  RetryAfter: { schema: { type: 'integer' }, description: 'Seconds.' },
  Location: { schema: text },
};

/** The parts that the operations of the document refer to. */
export function buildComponents(idCharacters: IdCharacters) {
  return {
    securitySchemes: {
      functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
      masterKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
    },
    parameters,
    headers,
    schemas: {
      ConnectionId: connectionIdSchema,
      GroupId: groupIdSchema(idCharacters),
      ExternalGroup: externalGroupSchema(idCharacters),
      DeclaredGroup: declaredGroupSchema(idCharacters),
      Member: memberSchema(idCharacters),
      Members: putMembersSchema(ref('schemas', 'Member')),
      MembersChange: patchMembersSchema(ref('schemas', 'Member')),
      GroupRecord: groupRecordSchema,
      MemberRecord: memberRecordSchema,
      Plan: planSchema,
      GroupPage: pageOf('groups', 'GroupRecord'),
      MemberPage: pageOf('members', 'MemberRecord'),
      Operation: operationSchema,
      Diagnosis: diagnosisSchema,
      Problem: problemSchema,
      ValidationFault: validationFaultSchema,
    },
  };
}
