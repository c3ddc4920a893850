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
      'Orders changes regardless of when they arrive: an entry with the same or a higher sequence is left unchanged. Once a group has had a sequence, every change needs one.',
  },
  Removals: {
    name: 'removals',
    in: 'query',
    schema: { type: 'integer', minimum: 0 },
    description:
      'The number of removals that the caller expects: required to remove more than 10 members that are more than half.',
  },
  DryRun: {
    name: 'dryRun',
    in: 'query',
    schema: { type: 'boolean' },
    description: 'Computes what would be done: nothing is recorded and Graph is not called.',
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
    description: 'A source of the repository that is deployed, such as `okta`; each has settings of its own.',
  },
  Prefer: {
    name: 'Prefer',
    in: 'header',
    schema: text,
    description:
      '`respond-async`: accept and answer 202; `wait=n`: wait for Graph at most n seconds (RFC 7240).',
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
      {
        name,
        in: 'header',
        schema: text,
        description: 'Standard Webhooks; required if a secret counts for the connection.',
      },
    ]),
  ),
};
