import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { explainGraph } from '../../../../cli/groups/explain-graph.ts';
import type { GroupRecord } from '../../../../src/ledger/core/group-record.ts';
import { openTenant, type Tenant } from './tenant.ts';

const declared: GroupRecord = {
  connectionId: 'indexer1',
  id: 'day',
  displayName: 'Day shift',
  description: null,
  deleted: false,
  state: 'applied',
  members: { applied: 0, applying: 0, failed: 0 },
  lastChangedDateTime: '2026-01-01T00:00:00.000Z',
};
const group = { id: 'day', displayName: 'Day shift', description: null };

describe('what Graph itself shows of a declared group', () => {
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await openTenant();
  });
  afterAll(() => tenant.close());
  beforeEach(() => {
    tenant.graph.reset();
    tenant.graph.putConnection({
      id: 'indexer1',
      name: 'Indexer',
      description: null,
      ownerAppId: 'indexer-app',
      authorizedAppIds: [],
    });
  });

  const operator = () =>
    tenant.asApp('ExternalConnection.ReadWrite.OwnedBy', 'ExternalItem.ReadWrite.OwnedBy');
  const look = (record: GroupRecord | null, connectionId = 'indexer1') =>
    explainGraph(operator(), { connectionId, id: 'day' }, { record, isDeclared: record !== null });
  const membersAlone = { record: { ...declared, displayName: null }, isDeclared: false } as const;

  it('is the connection and the group, with its properties', async () => {
    tenant.graph.putGroup('indexer1', group);
    expect(await look(declared)).toMatchObject([
      { id: 'graph-connection', status: 'passed', seen: 'It is there, ready.' },
      { id: 'graph-group', status: 'passed', seen: expect.stringContaining('"Day shift"') },
    ]);
  });

  it('ends at a connection that Graph does not show', async () => {
    expect(await look(declared, 'nobody')).toMatchObject([
      { id: 'graph-connection', status: 'failed' },
      { id: 'graph-group', status: 'skipped' },
    ]);
  });

  it.each([
    ['applied', 'failed'],
    ['applying', 'waiting'],
  ] as const)('tells of a missing group that is %s here: %s', async (state, status) => {
    expect((await look({ ...declared, state }))[1]).toMatchObject({ id: 'graph-group', status });
  });

  it('tells which property differs, and how', async () => {
    tenant.graph.putGroup('indexer1', { ...group, displayName: 'Changed by hand' });
    const [, step] = await look(declared);
    expect(step).toMatchObject({ status: 'failed', fix: expect.stringContaining('verify') });
    expect(step?.seen).toContain('declared is displayName "Day shift".');
    expect(step?.seen).toContain('"Changed by hand"');
  });

  it('does not compare a group of which only members were declared', async () => {
    const name = { connectionId: 'indexer1', id: 'day' };
    expect((await explainGraph(operator(), name, membersAlone))[1]).toMatchObject({
      status: 'failed',
      seen: 'Graph has no such group. Nobody has declared it, only its members.',
    });
    tenant.graph.putGroup('indexer1', group);
    expect((await explainGraph(operator(), name, membersAlone))[1]).toMatchObject({ status: 'passed' });
  });

  it('is nothing of a group that should not exist, and a fault if it is still there', async () => {
    expect((await look({ ...declared, deleted: true }))[1]).toMatchObject({ status: 'passed' });
    tenant.graph.putGroup('indexer1', group);
    expect((await look({ ...declared, deleted: true }))[1]).toMatchObject({ status: 'failed' });
  });

  it('is skipped without a sign-in, and if the sign-in may not read', async () => {
    const nobody = tenant.with(() => Promise.reject(new Error('Please run az login')));
    const name = { connectionId: 'indexer1', id: 'day' };
    const inLedger = { record: declared, isDeclared: true };
    expect(await explainGraph(nobody, name, inLedger)).toMatchObject([
      { status: 'skipped', seen: expect.stringContaining('az login') },
      { status: 'skipped' },
    ]);
    expect((await explainGraph(tenant.asApp(), name, inLedger))[0]).toMatchObject({ status: 'skipped' });
  });
});
