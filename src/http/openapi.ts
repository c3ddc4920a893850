import { connectionIdSchema } from '../groups/connection-id.ts';
import { externalGroupSchema, type IdCharacters } from '../groups/external-group.ts';
import { postponementReasons } from '../groups/policy.ts';
import { operationIdPattern, operationStatuses } from '../operations/operation.ts';
import { type ProblemCode, problemCatalogue } from '../problems/catalogue.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import { json } from './respond.ts';

/** The OpenAPI 3.1 document, built from the schemas that validate and the catalogue that answers. */
export function buildOpenApi(idCharacters: IdCharacters) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'external-groups-adapter',
      version: '1',
      description: 'Creates Microsoft Graph external groups for internal line-of-business systems.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api' }],
    security: [{ functionKey: [] }],
    paths: {
      '/connections/{connectionId}/groups': { post: createGroup },
      '/operations/{operationId}': { get: getOperation },
      '/health': { get: getHealth },
      '/openapi.json': { get: getOpenApi },
    },
    components: {
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
    },
  };
}

/** `GET /api/openapi.json` */
export function createGetOpenApiEndpoint(idCharacters: IdCharacters): Endpoint {
  return createEndpoint(() => json(200, buildOpenApi(idCharacters), {}));
}

const ref = (kind: 'schemas' | 'parameters' | 'headers', name: string) => ({
  $ref: `#/components/${kind}/${name}`,
});
const everyAnswer = { 'x-request-id': ref('headers', 'RequestId') };
const keyRefused = {
  description: 'The function key is missing or wrong: the Functions host answers, not this app.',
};

function success(description: string, schema: object, more: Readonly<Record<string, object>> = {}) {
  return { description, headers: { ...everyAnswer, ...more }, content: { 'application/json': { schema } } };
}

/** One response for each status, naming every code that comes with it. */
function problems(...codes: ProblemCode[]) {
  const byStatus = Map.groupBy(codes, (code) => problemCatalogue[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, sharing]) => [
      String(status),
      {
        description: sharing.map((code) => `\`${code}\`: ${problemCatalogue[code].title}.`).join(' '),
        headers: {
          ...everyAnswer,
          ...(status === 503 ? { 'retry-after': ref('headers', 'RetryAfter') } : {}),
        },
        content: { 'application/problem+json': { schema: ref('schemas', 'Problem') } },
      },
    ]),
  );
}

const text = { type: 'string' } as const;
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

const parameters = {
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

const createGroup = {
  operationId: 'createGroup',
  summary: 'Create an external group in a connection.',
  parameters: Object.keys(parameters)
    .filter((name) => name !== 'OperationId')
    .map((name) => ref('parameters', name)),
  requestBody: {
    required: true,
    content: { 'application/json': { schema: ref('schemas', 'ExternalGroup') } },
  },
  responses: {
    200: success('The group was there already, just so.', ref('schemas', 'ExternalGroup')),
    201: success('The group has been created.', ref('schemas', 'ExternalGroup'), {
      location: ref('headers', 'Location'),
    }),
    202: success('Accepted and kept: follow the operation.', ref('schemas', 'Operation'), {
      location: ref('headers', 'Location'),
      'retry-after': ref('headers', 'RetryAfter'),
      'preference-applied': { schema: text },
    }),
    ...problems(
      'malformed-json',
      'validation-failed',
      'signature-invalid',
      'connection-not-allowed',
      'connection-not-found',
      'request-timeout',
      'group-conflict',
      'payload-too-large',
      'unsupported-media-type',
      'graph-rejected',
      'internal-error',
      'graph-access-denied',
      'deferral-unavailable',
    ),
  },
};

const getOperation = {
  operationId: 'getOperation',
  summary: 'Follow a deferred creation.',
  parameters: [ref('parameters', 'OperationId'), ref('parameters', 'RequestId')],
  responses: {
    200: success('The operation.', ref('schemas', 'Operation'), {
      'retry-after': ref('headers', 'RetryAfter'),
    }),
    401: keyRefused,
    ...problems('operation-not-found', 'internal-error', 'operations-unavailable'),
  },
};

const getHealth = {
  operationId: 'getHealth',
  summary: 'Whether the process answers.',
  security: [],
  responses: { 200: success('It does.', { type: 'object', properties: { status: { const: 'ok' } } }) },
};

const getOpenApi = {
  operationId: 'getOpenApi',
  summary: 'This document.',
  security: [],
  responses: { 200: success('OpenAPI 3.1.', { type: 'object' }) },
};
