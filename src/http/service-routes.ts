import { examples } from './openapi-examples.ts';
import { type DescribedOperation, type DescribedRoute, ref, refer } from './openapi-parts.ts';
import { content, problems, success } from './openapi-responses.ts';
import { createGetDiagnosticsEndpoint, createGetOpenApiEndpoint } from './service-endpoints.ts';

/** The routes about the adapter itself, by the names of their functions. */
export const serviceRoutes = {
  'get-health': {
    operationId: 'getHealth',
    tags: ['Service'],
    summary: 'Check whether the process is alive.',
    description: 'For a load balancer or a probe. Uses nothing outside the process and needs no key.',
    responses: {
      200: success(
        'It is.',
        content(
          {
            type: 'object',
            required: ['status'],
            properties: { status: { type: 'string', const: 'ok' } },
          },
          examples.health,
        ),
      ),
    },
  },
  'get-diagnostics': {
    open: createGetDiagnosticsEndpoint,
    operationId: 'getDiagnostics',
    tags: ['Service'],
    summary: 'Check what only the app’s identity can see.',
    description:
      'Responds within 15 s even if a service does not. `external-groups doctor` shows the result. It contains no secret and no token.',
    parameters: refer('RequestId'),
    responses: {
      200: success(
        'All checks, in order, whatever their results.',
        content(ref('schemas', 'Diagnosis'), examples.diagnosis),
      ),
      ...problems('internal-error'),
    },
  },
  'get-openapi': {
    open: createGetOpenApiEndpoint,
    operationId: 'getOpenApi',
    tags: ['Service'],
    summary: 'This document.',
    description: 'OpenAPI 3.1, built from the schemas that validate requests. Needs no key.',
    responses: { 200: success('OpenAPI 3.1.', content({ type: 'object' }, examples.document)) },
  },
} as const satisfies Readonly<Record<string, DescribedOperation | DescribedRoute>>;
