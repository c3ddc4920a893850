const ann = { type: 'user', id: '6f8d1c1e-52a4-4a0a-9d65-0b7a5c4f0a11' };
const changed = '2026-11-25T12:00:40.000Z';
const operationId = '0f3c9a7be1d24c5f8a6b7d9e0c1f2a3b';

const group = {
  id: '31bea3d537902000',
  displayName: 'Contoso Marketing',
  description: 'The product marketing team',
};
const properties = { displayName: 'Night shift', description: null };
const record = {
  connectionId: 'contosohr',
  id: 'nightshift',
  ...properties,
  deleted: false,
  state: 'applied',
  members: { applied: 1, applying: 0, failed: 0 },
  lastChangedDateTime: changed,
  lastAppliedDateTime: changed,
};
const { lastAppliedDateTime: _notYet, ...unsettled } = record;
const ofNightshift = { connectionId: 'contosohr', groupId: 'nightshift', sequence: 1795614440000 };
const change = { ...ofNightshift, add: [ann] };
const plan = {
  dryRun: true,
  group: 'unchanged',
  members: { add: 1, remove: 0, unchanged: 0 },
};
const { sequence: _inTheEvent, ...unordered } = change;

/** What the document shows of requests and responses; a test holds each against its schema. */
export const examples = {
  group: { group },
  operation: {
    deferred: {
      id: operationId,
      status: 'notStarted',
      connectionId: 'contosohr',
      groupId: group.id,
      reason: 'throttled',
      createdDateTime: changed,
      lastActionDateTime: changed,
      attempts: 1,
      nextAttemptDateTime: '2026-11-25T12:01:10.000Z',
    },
  },
  properties: { properties },
  members: { members: { members: [ann, { type: 'group', id: '00000000-0000-4000-8000-000000000007' }] } },
  membersChange: { change: { add: [{ type: 'user', mail: 'ann@contoso.com' }], remove: [ann] } },
  change: { members: change, group: { ...ofNightshift, group: properties } },
  event: {
    event: {
      specversion: '1.0',
      id: '4711',
      source: '/hr',
      type: 'shift.changed',
      time: '2026-11-25T12:00:40Z',
      data: unordered,
    },
  },
  settled: { record, plan },
  recorded: { record: { ...unsettled, state: 'applying', members: { applied: 0, applying: 1, failed: 0 } } },
  record: { record },
  groups: { page: { groups: [record] } },
  memberPage: { page: { members: [{ ...ann, wanted: true, state: 'applied' }] } },
  health: { well: { status: 'ok' } },
  diagnosis: {
    denied: {
      checks: [
        {
          id: 'graph-role',
          title: 'The identity may write external groups',
          status: 'failed',
          seen: 'The token has no role.',
          fix: 'Run external-groups grant.',
        },
      ],
      app: {
        graph: 'https://graph.microsoft.com',
        identity: null,
        storage: { account: 'contosogroups', by: 'identity' },
        telemetry: null,
      },
    },
  },
  document: { document: { openapi: '3.1.0' } },
} as const;
