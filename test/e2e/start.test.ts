import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueNames } from '../../src/storage/queues.ts';
import { openStorage } from '../support/storage.ts';
import { until } from '../support/until.ts';
import { type Client, example, startClient } from './client.ts';

let client: Client;
beforeAll(async () => {
  // Azure hides a message of a crashed host for 10 minutes; here for 2 seconds.
  client = await startClient({ env: { FUNCTIONS_HOST_QUEUE_LEASE: '2' }, ownStorage: true });
});
afterAll(() => client.close());

describe('the app', () => {
  it('registers its functions, each with its trigger and level', () => {
    const functions = client.stack.host?.functions ?? [];
    const triggers = functions.map((one) => {
      if (one.type === 'queue') return `${one.name}: queue ${one.queueName}`;
      if (one.type === 'timer') return `${one.name}: timer ${one.schedule}`;
      return `${one.name}: ${one.methods.join(' ')} ${one.route} (${one.authLevel})`;
    });
    const group = '/api/connections/{connectionId}/groups/{groupId}';
    expect(triggers.sort()).toEqual([
      'change-declared-group: queue external-group-changes',
      'create-deferred-group: queue external-group-creations',
      'create-group: POST /api/connections/{connectionId}/groups (function)',
      `delete-group: DELETE ${group} (function)`,
      'get-diagnostics: GET /api/diagnostics (admin)',
      `get-group: GET ${group} (function)`,
      'get-health: GET /api/health (anonymous)',
      'get-openapi: GET /api/openapi.json (anonymous)',
      'get-operation: GET /api/operations/{operationId} (function)',
      'list-groups: GET /api/connections/{connectionId}/groups (function)',
      `list-members: GET ${group}/members (function)`,
      'look-after-groups: timer 0 23 * * * *',
      'maintain-queues: timer 0 * * * * *',
      `patch-members: PATCH ${group}/members (function)`,
      'post-change: POST /api/changes (function)',
      `put-group: PUT ${group} (function)`,
      `put-members: PUT ${group}/members (function)`,
      'receive-event: GET POST OPTIONS /api/sources/{source} (function)',
      'verify-groups-step: queue external-group-verifications',
    ]);
  });

  it('makes its queues, so that the host does not warn of missing ones', async () => {
    const service = QueueServiceClient.fromConnectionString(client.stack.azurite.connectionString);
    const found = await until(async () => {
      const names: string[] = [];
      for await (const { name } of service.listQueues()) names.push(name);
      return Object.values(queueNames).every((name) => names.includes(name)) ? names : null;
    });
    expect(found.sort()).toEqual(Object.values(queueNames).sort());
  });

  it('does not start with wrong settings and names them all in one message', async () => {
    const wrong = {
      GRAPH_CLOUD: 'china',
      GRAPH_DEADLINE: 'soon',
      AzureWebJobsStorage: undefined,
      AzureWebJobsStorage__accountName: 'NOT A NAME',
    };
    const failure = await client.stack.startHost(wrong).then(
      () => '',
      (thrown: unknown) => String(thrown),
    );
    expect(failure).toContain('GRAPH_CLOUD');
    expect(failure).toContain('no external groups');
    expect(failure).toContain('GRAPH_DEADLINE');
    expect(failure).toContain('AzureWebJobsStorage__accountName');
  });

  it('takes up again what a killed host had accepted, and loses nothing', async () => {
    const queues = openStorage(client.stack.azurite.connectionString);
    client.stack.graph.setFaults([{ fault: { kind: 'hang' }, match: { method: 'POST' } }]);
    const ids = ['k1', 'k2', 'k3', 'k4'];
    const accepted = await Promise.all(
      ids.map((id) => client.post({ ...example, id }, { headers: { prefer: 'respond-async' } })),
    );
    await until(() => client.stack.graph.calls().length >= ids.length);
    client.stack.host?.kill('SIGKILL');
    await client.stack.host?.exited;
    client.stack.graph.setFaults([]);
    await client.stack.startHost();
    for (const { body } of accepted)
      expect(await client.settled(body.id)).toMatchObject({ status: 'succeeded' });
    await until(async () => (await queues.count('work')) === 0);
    expect(Object.values(client.stack.graph.counters().createsPerGroup)).toEqual(ids.map(() => 1));
  });
});

describe('the app whose storage is gone', () => {
  beforeAll(() => client.stack.azurite.close());

  it('creates as long as Graph answers', async () => {
    expect((await client.post(example)).status).toBe(201);
  });

  it('claims nothing if neither Graph nor the queue takes the group', async () => {
    client.stack.graph.setFaults([{ fault: { kind: 'throttle', retryAfter: '60' } }]);
    const reply = await client.post(example);
    expect(reply.status).toBe(503);
    expect(reply.body).toMatchObject({
      type: 'urn:problem-type:deferral-unavailable',
      graph: { status: 429 },
    });
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('says that operations cannot be read', async () => {
    const reply = await client.get(`/api/operations/${'a'.repeat(32)}`);
    expect([reply.status, reply.body.type]).toEqual([503, 'urn:problem-type:operations-unavailable']);
  });
});
