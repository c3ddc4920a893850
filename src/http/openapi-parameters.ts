import { operationIdPattern } from '../groups/operation-id.ts';
import { recordStates } from '../ledger/group-record.ts';
import { ref, signatureHeaders, text } from './openapi-parts.ts';

export const parameters = {
  ConnectionId: { name: 'connectionId', in: 'path', required: true, schema: ref('schemas', 'ConnectionId') },
  GroupId: { name: 'groupId', in: 'path', required: true, schema: ref('schemas', 'GroupId') },
  Sequence: {
    name: 'sequence',
    in: 'query',
    schema: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    description:
      'Puts changes in order however they arrive: what has the same or a higher one keeps it. A group that has had one takes no change without.',
  },
  Removals: {
    name: 'removals',
    in: 'query',
    schema: { type: 'integer', minimum: 0 },
    description: 'The removals that the caller knows of: needed for more than 10 that are more than half.',
  },
  DryRun: {
    name: 'dryRun',
    in: 'query',
    schema: { type: 'boolean' },
    description: 'Computes what would be done: nothing is recorded and Graph is not called.',
  },
  Cursor: { name: 'cursor', in: 'query', schema: text, description: 'The `next` of the page before.' },
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
    signatureHeaders.map((name) => [
      name,
      { name, in: 'header', schema: text, description: 'Standard Webhooks; required where secrets are set.' },
    ]),
  ),
};
