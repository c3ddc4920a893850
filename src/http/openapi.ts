import type { IdCharacters } from '../groups/external-group.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import { buildComponents } from './openapi-components.ts';
import { declaredOperations } from './openapi-declared.ts';
import { ref, signed, text } from './openapi-parts.ts';
import { keyRefused, problems, success } from './openapi-responses.ts';
import { receiveEvent } from './openapi-sources.ts';
import { json } from './respond.ts';
import { type Route, type RouteName, routeNames, routes } from './routes.ts';

/** The OpenAPI 3.1 document, built from the schemas used for validation and the problem catalogue. */
export function buildOpenApi(idCharacters: IdCharacters) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'external-groups-adapter',
      version: '1',
      description:
        'Creates Microsoft Graph external groups, and keeps groups and members in their declared state, for internal line-of-business systems. Every response of the app has `x-request-id`. The Functions host has its own, without it and with an empty body: 401 without a valid function key, 404 for a route or method that does not exist, 400 for a path with `%00`, 414 for a request line over 8 KB, 431 for headers over 32 KB or more than 100 of them, 500 for a body that comes too slowly or breaks off.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api' }],
    security: [{ functionKey: [] }],
    paths: buildPaths(),
    components: buildComponents(idCharacters),
  };
}

const securityOf = {
  anonymous: { security: [] },
  function: {},
  admin: { security: [{ masterKey: [] }] },
} as const satisfies Record<Route['level'], object>;

/** What each route of the table does, with what the table says of it. */
function buildPaths(): Readonly<Record<string, object>> {
  const operations: { readonly [name in Exclude<RouteName, 'receive-event'>]: object } = {
    ...declaredOperations,
    'create-group': createGroup,
    'get-operation': getOperation,
    'get-health': getHealth,
    'get-diagnostics': getDiagnostics,
    'get-openapi': getOpenApi,
  };
  const paths: Record<string, Record<string, object>> = {};
  for (const name of routeNames) {
    const { methods, path, level } = routes[name];
    const described = paths[`/${path}`] ?? {};
    for (const method of methods) {
      const operation = name === 'receive-event' ? receiveEvent(method) : operations[name];
      described[method.toLowerCase()] = { ...operation, ...securityOf[level] };
    }
    paths[`/${path}`] = described;
  }
  return paths;
}

/** `GET /api/openapi.json` */
export function createGetOpenApiEndpoint(idCharacters: IdCharacters): Endpoint {
  return createEndpoint(() => json(200, buildOpenApi(idCharacters), {}));
}

const createGroup = {
  operationId: 'createGroup',
  summary: 'Create an external group in a connection.',
  parameters: ['ConnectionId', 'Prefer', ...signed].map((name) => ref('parameters', name)),
  requestBody: {
    required: true,
    content: { 'application/json': { schema: ref('schemas', 'ExternalGroup') } },
  },
  responses: {
    200: success('The group existed already, with the same properties.', ref('schemas', 'ExternalGroup')),
    201: success('The group has been created.', ref('schemas', 'ExternalGroup'), {
      location: ref('headers', 'Location'),
    }),
    202: success('Accepted and kept: poll the operation.', ref('schemas', 'Operation'), {
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
      'length-required',
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
  summary: 'Read the status of a deferred creation.',
  parameters: [ref('parameters', 'OperationId'), ref('parameters', 'RequestId')],
  responses: {
    200: success('The operation.', ref('schemas', 'Operation'), {
      'retry-after': ref('headers', 'RetryAfter'),
    }),
    401: keyRefused,
    ...problems('operation-not-found', 'internal-error', 'operations-unavailable'),
  },
};

const getDiagnostics = {
  operationId: 'getDiagnostics',
  summary:
    'What only the app’s identity can see, as checks; responds within 15 s even if a service does not.',
  parameters: [ref('parameters', 'RequestId')],
  responses: {
    200: success('All checks in order, whatever their results.', ref('schemas', 'Diagnosis')),
    401: keyRefused,
    ...problems('internal-error'),
  },
};

const getHealth = {
  operationId: 'getHealth',
  summary: 'Whether the process is alive.',
  responses: { 200: success('It is.', { type: 'object', properties: { status: { const: 'ok' } } }) },
};

const getOpenApi = {
  operationId: 'getOpenApi',
  summary: 'This document.',
  responses: { 200: success('OpenAPI 3.1.', { type: 'object' }) },
};
