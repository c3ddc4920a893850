import { operationStatuses } from '../creations/operations/operation.ts';
import { checkStatuses } from '../diagnostics/check.ts';
import { operationIdPattern } from '../groups/operation-id.ts';
import { postponementReasons } from '../groups/reasons.ts';
import { problemCatalogue } from '../problems/catalogue.ts';
import { problemDetails } from '../problems/problem.ts';
import { dateTime, ref, text } from './openapi-parts.ts';

export const problemSchema = {
  type: 'object',
  title: 'Problem details (RFC 9457)',
  required: ['type', 'title', 'status', 'detail', 'instance'],
  properties: {
    type: { type: 'string', enum: Object.keys(problemCatalogue).map((code) => `urn:problem-type:${code}`) },
    title: text,
    status: { type: 'integer' },
    detail: { ...text, 'x-ms-primary-error-message': true },
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
    counts: ref('schemas', 'MemberCounts'),
  },
  examples: [
    {
      ...problemDetails(
        'validation-failed',
        '1 error, listed in "errors".',
        '/api/connections/contosohr/groups/nightshift',
      ),
      errors: [{ in: 'body', pointer: '/displayName', keyword: 'type', detail: 'must be a string or null' }],
    },
  ],
} as const;

export const validationFaultSchema = {
  type: 'object',
  required: ['in', 'pointer', 'keyword', 'detail'],
  properties: {
    in: { type: 'string', enum: ['body', 'path', 'query'] },
    pointer: text,
    keyword: text,
    detail: text,
  },
} as const;

export const operationSchema = {
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
    resourceLocation: {
      ...text,
      description: 'The URL of the group in Graph, after the operation has succeeded.',
    },
    error: ref('schemas', 'Problem'),
  },
} as const;

export const checkSchema = {
  type: 'object',
  required: ['id', 'title', 'status', 'seen'],
  properties: {
    id: text,
    title: text,
    status: { type: 'string', enum: checkStatuses },
    seen: text,
    fix: text,
  },
} as const;

const reachedBy = { type: 'string', enum: ['key', 'identity', 'other-identity'] } as const;
export const diagnosisSchema = {
  type: 'object',
  required: ['checks', 'app'],
  properties: {
    checks: { type: 'array', items: ref('schemas', 'Check') },
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
