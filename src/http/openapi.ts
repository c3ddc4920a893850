import type { IdCharacters } from '../groups/external-group.ts';
import { type ProblemCode, problemCatalogue } from '../problems/catalogue.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import { buildComponents, parameters, ref, text } from './openapi-components.ts';
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
    components: buildComponents(idCharacters),
  };
}

/** `GET /api/openapi.json` */
export function createGetOpenApiEndpoint(idCharacters: IdCharacters): Endpoint {
  return createEndpoint(() => json(200, buildOpenApi(idCharacters), {}));
}

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
