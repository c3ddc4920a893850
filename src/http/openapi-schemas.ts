import { operationStatuses } from '../creations/operations/operation.ts';
import { checkStatuses } from '../diagnostics/check.ts';
import { operationIdPattern } from '../groups/operation-id.ts';
import { postponementReasons } from '../groups/postponement-reason.ts';
import { problemCatalogue } from '../problems/catalogue.ts';
import { dateTime, ref, text } from './openapi-parts.ts';

export const problemSchema = {
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
    resourceLocation: { type: 'string', format: 'uri' },
    error: ref('schemas', 'Problem'),
  },
} as const;

const reachedBy = { type: 'string', enum: ['key', 'identity', 'other-identity'] } as const;
export const diagnosisSchema = {
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
