import { createServer } from 'node:https';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGrantRole } from '../../../../cli/graph/grant-role.ts';
import { NotPermitted } from '../../../../cli/graph/not-permitted.ts';
import { createOperatorGraph, type OperatorGraph } from '../../../../cli/graph/operator-graph.ts';
import { listen } from '../../../../local/stack/listen.ts';
import type { GraphFault } from '../../../../local/stand-ins/graph/faults.ts';
import { clouds } from '../../../../src/settings/clouds.ts';
import { graphRoles } from '../../../../src/settings/permissions.ts';
import { createFetch } from '../../../../src/shared/fetch.ts';
import {
  applicationAdministrator,
  audience,
  fakeTime,
  globalAdministrator,
  openTenant,
  type Tenant,
} from './tenant.ts';

const role = 'ExternalItem.ReadWrite.OwnedBy';
const assignments = { path: '/v1.0/servicePrincipals/' };
const notReplicated: GraphFault[] = [
  { kind: 'status', status: 404, code: 'Request_ResourceNotFound' },
  { kind: 'status', status: 400, code: 'Request_BadRequest', message: 'Not a valid reference update.' },
];

describe('granting the role of Graph', () => {
  let tenant: Tenant;
  let time: ReturnType<typeof fakeTime>;
  let notes: string[];
  beforeAll(async () => {
    tenant = await openTenant({ directory: { pageSize: 2 } });
  });
  afterAll(() => tenant.close());
  beforeEach(() => {
    tenant.graph.reset();
    time = fakeTime();
    notes = [];
  });

  const identity = () => tenant.tokens.identity;
  const held = () => tenant.graph.directory.assignmentsOf(identity().objectId);
  const posts = () => tenant.graph.calls().filter(({ method }) => method === 'POST').length;
  const grant = (
    graph: OperatorGraph,
    { dryRun = false, principalId = identity().objectId, wanted = role } = {},
  ) =>
    createGrantRole({ graph, ...time, note: (text) => void notes.push(text) })(
      { principalId, role: wanted },
      dryRun,
    );
  const administrator = () => tenant.asPerson(globalAdministrator);

  it('assigns it once, however often it is asked for', async () => {
    expect(await grant(administrator())).toMatchObject({ outcome: 'granted', appRoleId: graphRoles[role] });
    expect(await grant(administrator())).toMatchObject({
      outcome: 'was-granted',
      since: held()[0]?.createdDateTime,
    });
    expect([held().length, posts()]).toEqual([1, 1]);
  });

  it('finds what was granted on any page of the list', async () => {
    for (const other of [
      'ExternalItem.ReadWrite.All',
      'ExternalConnection.ReadWrite.All',
      'ExternalConnection.Read.All',
    ])
      await grant(administrator(), { wanted: other });
    await grant(administrator());
    expect(await grant(administrator())).toMatchObject({ outcome: 'was-granted' });
    expect(held()).toHaveLength(4);
  });

  it('changes nothing on a dry run', async () => {
    expect(await grant(administrator(), { dryRun: true })).toMatchObject({ outcome: 'would-grant' });
    expect([held().length, posts()]).toEqual([0, 0]);
  });

  it('looks the role up by its value outside the public cloud', async () => {
    const other = '11111111-aaaa-4bbb-8ccc-222222222222';
    const elsewhere = await openTenant({ directory: { roleIds: { [role]: other } } });
    const graph = elsewhere.asPerson(globalAdministrator, false);
    const done = await grant(graph, { principalId: elsewhere.tokens.identity.objectId });
    expect(done).toMatchObject({ outcome: 'granted', appRoleId: other });
    await expect(grant(graph, { wanted: 'No.Such.Role' })).rejects.toMatchObject({ exitCode: 2 });
    await elsewhere.close();
  });

  it.each(notReplicated)('waits for an identity that is not known everywhere yet (%j)', async (fault) => {
    tenant.graph.setFaults([
      { match: assignments, times: 2, fault },
      { match: { ...assignments, method: 'POST' }, times: 3, fault },
    ]);
    expect(await grant(administrator())).toMatchObject({ outcome: 'granted' });
    expect(time.waits).toEqual([2_000, 4_000, 8_000, 15_000, 15_000]);
    expect(notes[0]).toMatch(/Graph answered 40\d .*; trying again in 2 s\./);
    expect(held()).toHaveLength(1);
  });

  it('gives an unknown identity up after two minutes, and says what may be wrong', async () => {
    const unknown = '99999999-aaaa-4bbb-8ccc-222222222222';
    await expect(grant(administrator(), { principalId: unknown })).rejects.toThrow(
      /Graph answered 404 .*object id of the identity/,
    );
    expect(time.now()).toBeGreaterThan(90_000);
    expect(time.now()).toBeLessThanOrEqual(120_000);
  });

  it('tells a client id from an object id at once', async () => {
    await expect(grant(administrator(), { principalId: identity().clientId })).rejects.toThrow(
      `${identity().clientId} is the identity's client id; --identity needs its object id, ${identity().objectId}.`,
    );
    expect(time.waits).toEqual([]);
  });

  it('takes "already exists" for what it is: somebody else was faster', async () => {
    tenant.graph.setFaults([
      {
        match: { method: 'POST' },
        times: 1,
        fault: {
          kind: 'status',
          commit: true,
          status: 400,
          code: 'Request_BadRequest',
          message: 'Permission being assigned already exists on the object',
        },
      },
    ]);
    expect(await grant(administrator())).toMatchObject({ outcome: 'was-granted' });
    expect([held().length, posts()]).toEqual([1, 1]);
  });

  it.each<GraphFault>([
    { kind: 'reset', commit: true },
    { kind: 'status', status: 503, commit: true },
    { kind: 'truncate', commit: true },
  ])('looks before it asks again if the answer was lost (%j)', async (fault) => {
    tenant.graph.setFaults([{ match: { method: 'POST' }, times: 1, fault }]);
    expect(['granted', 'was-granted']).toContain((await grant(administrator())).outcome);
    expect([held().length, posts()]).toEqual([1, 1]);
  });

  it('waits as long as Graph asks', async () => {
    tenant.graph.setFaults([{ times: 1, fault: { kind: 'throttle', retryAfter: '30' } }]);
    await grant(administrator());
    expect(time.waits).toEqual([30_000]);
  });

  it('does not wait for what is beyond its patience', async () => {
    tenant.graph.setFaults([{ times: 1, fault: { kind: 'throttle', retryAfter: '600' } }]);
    await expect(grant(administrator())).rejects.toThrow(/Graph answered 429/);
    expect(time.waits).toEqual([]);
  });

  it.each([
    ['an application administrator', () => tenant.asPerson(applicationAdministrator)],
    ['an app that may only read', () => tenant.asApp('Application.Read.All')],
    ['an app that may do nothing', () => tenant.asApp()],
    ['a token that Graph does not take', () => tenant.with(async () => 'not-a-token')],
    ['nobody who is signed in', () => tenant.with(() => Promise.reject(new Error('Please run az login')))],
  ])('by %s ends with the commands for somebody who may', async (_who, sign) => {
    const thrown = await grant(sign()).then(
      () => null,
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(NotPermitted);
    const { commands, exitCode } = thrown as NotPermitted;
    expect(exitCode).toBe(3);
    for (const lines of [commands.az, commands.powershell]) {
      expect(lines.join('\n')).toContain(identity().objectId);
      expect(lines.join('\n')).toContain(role);
    }
    expect(held()).toEqual([]);
    expect(time.waits).toEqual([]);
  });

  it.each<GraphFault>([
    { kind: 'status', status: 200, body: 'html' },
    { kind: 'status', status: 200, body: 'broken-json' },
    { kind: 'gzip-bomb', megabytes: 256 },
    { kind: 'redirect', location: 'https://localhost:1/' },
  ])('does not take %j for an answer', async (fault) => {
    tenant.graph.setFaults([{ fault }]);
    await expect(grant(administrator())).rejects.toThrow(/was not granted/);
    expect(posts()).toBe(0);
  });

  it('asks nobody else for the rest of a list', async () => {
    const seen: string[] = [];
    const lying = createServer({ cert: tenant.tls.cert, key: tenant.tls.key }, (request, response) => {
      seen.push(request.url ?? '');
      response.setHeader('content-type', 'application/json');
      const other = { value: [], '@odata.nextLink': `${tenant.graph.url}/v1.0/servicePrincipals/x` };
      response.statusCode = request.method === 'POST' ? 201 : 200;
      response.end(JSON.stringify({ id: 'graph', ...other }));
    });
    const { port, close } = await listen(lying);
    const token = async () => tenant.tokens.issue(audience).token;
    const root = `https://localhost:${port}`;
    const graph = createOperatorGraph({
      root,
      cloud: clouds.global,
      isPublicCloud: true,
      label: '',
      fetch: createFetch({}),
      token,
    });
    expect(await grant(graph)).toMatchObject({ outcome: 'granted' });
    expect(tenant.graph.calls()).toEqual([]);
    await close();
  });
});
