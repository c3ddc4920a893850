import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authorizeApp, createConnection, readConnection } from '../../../../cli/graph/connections.ts';
import { NotPermitted } from '../../../../cli/graph/not-permitted.ts';
import type { GraphFault } from '../../../../local/stand-ins/graph/faults.ts';
import { openTenant, type Tenant } from './tenant.ts';

const ownedBy = 'ExternalConnection.ReadWrite.OwnedBy';
const ours = 'aaaaaaaa-0000-4000-8000-000000000001';
const theirs = ['BBBBBBBB-0000-4000-8000-000000000002', 'cccccccc-0000-4000-8000-000000000003'];

describe('a connection that another app owns', () => {
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await openTenant();
  });
  afterAll(() => tenant.close());
  beforeEach(() => {
    tenant.graph.reset();
    put(theirs);
  });

  function put(authorizedAppIds: readonly string[]): void {
    tenant.graph.putConnection({
      id: 'indexer1',
      name: 'Indexer',
      description: null,
      ownerAppId: 'indexer-app',
      authorizedAppIds,
    });
  }
  const owner = () => tenant.asApp(ownedBy);
  const listed = () => tenant.graph.connection('indexer1')?.authorizedAppIds;
  const patches = () => tenant.graph.calls().filter(({ method }) => method === 'PATCH').length;

  it('is shown to its owner with those that it authorises', async () => {
    expect(await readConnection(owner(), 'indexer1')).toEqual({
      id: 'indexer1',
      name: 'Indexer',
      state: 'ready',
      authorizedAppIds: theirs,
    });
    expect(await readConnection(owner(), 'nobody')).toBeNull();
  });

  it('keeps those that it authorised when one more is added, and is changed once', async () => {
    const added = await authorizeApp(owner(), 'indexer1', ours, false);
    expect(added).toMatchObject({ outcome: 'changed', connection: { authorizedAppIds: [...theirs, ours] } });
    expect(listed()).toEqual([...theirs, ours]);
    expect(await authorizeApp(owner(), 'indexer1', ours.toUpperCase(), false)).toMatchObject({
      outcome: 'unchanged',
    });
    expect(patches()).toBe(1);
  });

  it('is not changed on a dry run', async () => {
    expect(await authorizeApp(owner(), 'indexer1', ours, true)).toMatchObject({
      outcome: 'would-change',
      connection: { authorizedAppIds: [...theirs, ours] },
    });
    expect(listed()).toEqual(theirs);
  });

  it.each<GraphFault>([
    { kind: 'reset', commit: true },
    { kind: 'status', status: 500, commit: true },
    { kind: 'reset' },
  ])('is changed even if the answer is lost (%j)', async (fault) => {
    tenant.graph.setFaults([{ match: { method: 'PATCH' }, times: 1, fault }]);
    expect(await authorizeApp(owner(), 'indexer1', ours, false)).toMatchObject({ outcome: 'changed' });
    expect(listed()).toEqual([...theirs, ours]);
  });

  it('whose list cannot be read is not written', async () => {
    for (const fault of [
      { kind: 'status', status: 200, body: 'html' },
      { kind: 'status', status: 200, body: 'broken-json' },
      { kind: 'gzip-bomb', megabytes: 64 },
      { kind: 'status', status: 503 },
    ] satisfies GraphFault[]) {
      tenant.graph.setFaults([{ match: { method: 'GET' }, fault }]);
      await expect(authorizeApp(owner(), 'indexer1', ours, false)).rejects.toThrow(/cannot be read/);
    }
    expect([listed(), patches()]).toEqual([theirs, 0]);
  });

  it('is given up on if Graph confirms and does not change', async () => {
    const ignored = { kind: 'status', status: 204, body: 'empty' } as const;
    tenant.graph.setFaults([{ match: { method: 'PATCH' }, fault: ignored }]);
    await expect(authorizeApp(owner(), 'indexer1', ours, false)).rejects.toThrow(/does not show it/);
  });

  it.each([
    ['another app', () => tenant.with(async () => tenant.tokens.issue('https://graph.microsoft.com').token)],
    ['nobody', () => tenant.with(() => Promise.reject(new Error('az: not found')))],
  ])('cannot be changed by %s, who learns what its owner is to run', async (_who, sign) => {
    const thrown: unknown = await authorizeApp(sign(), 'indexer1', ours, false).catch(
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(NotPermitted);
    const { commands } = thrown as NotPermitted;
    expect(commands.az.join('\n')).toContain(
      `external-groups connection authorize indexer1 --identity ${ours}`,
    );
    expect(commands.powershell.join('\n')).toContain(ours);
    expect(listed()).toEqual(theirs);
  });

  it('looks absent to another app', async () => {
    tenant.tokens.setRoles([ownedBy]);
    const stranger = tenant.with(async () => tenant.tokens.issue('https://graph.microsoft.com').token);
    expect(await readConnection(stranger, 'indexer1')).toBeNull();
    await expect(authorizeApp(stranger, 'indexer1', ours, false)).rejects.toBeInstanceOf(NotPermitted);
    await expect(
      createConnection(
        stranger,
        { connectionId: 'indexer1', name: 'x', description: null, appIds: [] },
        false,
      ),
    ).rejects.toThrow(/belongs to another app/);
  });
});

describe('a connection that is not there', () => {
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await openTenant();
  });
  afterAll(() => tenant.close());
  beforeEach(() => tenant.graph.reset());

  const wanted = { connectionId: 'newHr', name: 'New HR', description: 'HR', appIds: [ours] };
  const owner = () => tenant.asApp(ownedBy);

  it('is created once, with the identity authorised', async () => {
    expect(await createConnection(owner(), wanted, true)).toMatchObject({ outcome: 'would-change' });
    expect(tenant.graph.connection('newHr')).toBeUndefined();
    expect(await createConnection(owner(), wanted, false)).toMatchObject({ outcome: 'changed' });
    expect(tenant.graph.connection('newHr')).toMatchObject({
      ownerAppId: 'indexer-app',
      authorizedAppIds: [ours],
      description: 'HR',
    });
    expect(await createConnection(owner(), { ...wanted, appIds: [] }, false)).toMatchObject({
      outcome: 'unchanged',
      connection: { authorizedAppIds: [ours] },
    });
  });

  it('is found if the answer to its creation was lost', async () => {
    tenant.graph.setFaults([{ match: { method: 'POST' }, times: 1, fault: { kind: 'reset', commit: true } }]);
    expect(await createConnection(owner(), wanted, false)).toMatchObject({
      connection: { authorizedAppIds: [ours] },
    });
  });

  it('is not created by an app without the permission', async () => {
    await expect(createConnection(tenant.asApp(), wanted, false)).rejects.toBeInstanceOf(NotPermitted);
  });
});
