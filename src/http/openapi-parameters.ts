import { operationIdPattern } from '../groups/operation-id.ts';
import { recordStates } from '../ledger/core/group-record.ts';
import { ref, signatureHeaders, text } from './openapi-parts.ts';

export const parameters = {
  ConnectionId: { name: 'connectionId', in: 'path', required: true, schema: ref('schemas', 'ConnectionId') },
  GroupId: { name: 'groupId', in: 'path', required: true, schema: ref('schemas', 'GroupId') },
  Sequence: {
    name: 'sequence',
    in: 'query',
    schema: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    description:
      'Orders changes regardless of when they arrive: a group or member with the same or a higher sequence does not change. Once a group has had a sequence, every change needs one.',
  },
  Removals: {
    name: 'removals',
    in: 'query',
    schema: { type: 'integer', minimum: 0 },
    description:
      'The number of removals that the caller expects. Required to remove more than 10 members, and more than half of the group.',
  },
  DryRun: {
    name: 'dryRun',
    in: 'query',
    schema: { type: 'boolean' },
    description: 'Computes what the change would do. Records nothing and does not call Graph.',
  },
  Cursor: { name: 'cursor', in: 'query', schema: text, description: 'The `next` of the previous page.' },
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
  Source: {
    name: 'source',
    in: 'path',
    required: true,
    schema: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,31}$' },
    description: 'A source in the deployed repository, such as `okta`; each has its own settings.',
  },
  Prefer: {
    name: 'Prefer',
    in: 'header',
    schema: text,
    description:
      '`respond-async`: accept and respond with 202. `wait=n`: wait at most n seconds for Graph (RFC 7240).',
  },
  RequestId: {
    name: 'x-request-id',
    in: 'header',
    schema: { type: 'string', pattern: '^[\\w.-]{1,128}$' },
    description: 'Kept and returned if it matches the pattern; otherwise replaced.',
  },
  ...Object.fromEntries(
    signatureHeaders.map((name) => [
      name,
      {
        name,
        in: 'header',
        schema: text,
        description: 'Standard Webhooks. Required if a secret is valid for the connection.',
      },
    ]),
  ),
};
