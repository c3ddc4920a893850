import { problemsOf } from '../problems/catalogue.ts';
import { createGetOperationEndpoint } from './get-operation.ts';
import { examples } from './openapi-examples.ts';
import { type DescribedOperation, type DescribedRoute, ref, refer, signed } from './openapi-parts.ts';
import { content, deferredHeaders, jsonBody, problems, success } from './openapi-responses.ts';

const answer = ref('schemas', 'CreationAnswer');

/** The routes of creations, by the names of their functions. */
export const creationRoutes = {
  'create-group': {
    operationId: 'createGroup',
    tags: ['Creations'],
    summary: 'Create an external group in a connection.',
    description:
      'Graph’s create, made reliable. If Graph throttles, fails or does not respond in time, the creation is queued and retried, and the response is an operation. Sending the same group again is safe. If a webhook secret is valid for the connection, the body must be signed.',
    parameters: refer('ConnectionId', 'Prefer', ...signed),
    requestBody: jsonBody('ExternalGroup', examples.group),
    responses: {
      200: success('The group already existed with the same properties.', content(answer, examples.group)),
      201: success('The group has been created.', content(answer, examples.group), {
        location: ref('headers', 'Location'),
      }),
      202: success(
        'Accepted and queued: poll the operation at `Location`.',
        content(answer, examples.operation),
        deferredHeaders,
      ),
      ...problems(...problemsOf.creation),
    },
  },
  'get-operation': {
    open: ({ operations, graphDeadline, clock }) =>
      createGetOperationEndpoint(operations, { graphDeadline, now: clock.now }),
    operationId: 'getOperation',
    tags: ['Creations'],
    summary: 'Read the status of a deferred creation.',
    description:
      'Poll it after `Retry-After` until `status` is `succeeded` or `failed`. A final operation has no `Retry-After`.',
    parameters: refer('OperationId', 'RequestId'),
    responses: {
      200: success('The operation.', content(ref('schemas', 'Operation'), examples.operation), {
        'retry-after': ref('headers', 'RetryAfter'),
      }),
      ...problems(...problemsOf.operation),
    },
  },
} as const satisfies Readonly<Record<string, DescribedOperation | DescribedRoute>>;
