import { operationStatuses } from '../creations/operations/operation.ts';
import { connectionIdSchema } from '../groups/connection-id.ts';
import { externalGroupSchema, type IdCharacters } from '../groups/external-group.ts';
import { operationIdPattern } from '../groups/operation-id.ts';
import { postponementReasons } from '../groups/postponement-reason.ts';
import { problemCatalogue } from '../problems/catalogue.ts';

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
  },
} as const;

const validationFaultSchema = {
  type: 'object',
  required: ['in', 'pointer', 'keyword', 'detail'],
  properties: { in: { type: 'string', enum: ['body', 'path'] }, pointer: text, keyword: text, detail: text },
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

export const parameters = {
  ConnectionId: { name: 'connectionId', in: 'path', required: true, schema: ref('schemas', 'ConnectionId') },
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
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [
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
    securitySchemes: { functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' } },
    parameters,
    headers,
    schemas: {
      ConnectionId: connectionIdSchema,
      ExternalGroup: externalGroupSchema(idCharacters),
      Operation: operationSchema,
      Problem: problemSchema,
      ValidationFault: validationFaultSchema,
    },
  };
}
