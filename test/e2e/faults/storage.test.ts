import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAzurite } from '../../../local/stack/azurite.ts';
import { openStorage } from '../../support/storage.ts';
import { until } from '../../support/until.ts';
import { type Client, example, startClient } from '../client.ts';
import { startSlowLink } from './slow-link.ts';
import { type StorageFolder, stageStorage } from './storage-folder.ts';

const problem = (code: string) => `urn:problem-type:${code}`;
const respondAsync = { headers: { prefer: 'respond-async' } };

describe('storage', () => {
  let client: Client;
  let storage: StorageFolder;
  const undo: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    storage = await stageStorage();
    undo.push(storage.remove);
    const env = { FUNCTIONS_HOST_QUEUE_LEASE: '2' };
    client = await startClient({ env, storageFolder: storage.folder, ownStorage: true });
    undo.push(client.close);
  });
  afterAll(async () => {
    for (const step of undo.reverse()) await step();
  });

  it('that is silent claims nothing, leaves the direct path alone, and is used again when it answers', async () => {
    const { stack, post, get, settled } = client;
    const group = { ...example, id: 'silent' };
    stack.azurite.kill('SIGSTOP');
    const [direct, deferred, operation, health] = await Promise.all([
      post(example),
      post(group, respondAsync),
      get(`/api/operations/${'a'.repeat(32)}`),
      get('/api/health'),
    ]);
    expect([direct.status, health.status]).toEqual([201, 200]);
    expect([deferred.status, deferred.body.type]).toEqual([503, problem('deferral-unavailable')]);
    expect([operation.status, operation.body.type]).toEqual([503, problem('operations-unavailable')]);
    for (const { headers } of [deferred, operation])
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);

    stack.azurite.kill('SIGCONT');
    const again = await until(async () => {
      const reply = await post(group, respondAsync);
      return reply.status === 202 ? reply : null;
    });
    expect(await settled(again.body.id)).toMatchObject({ status: 'succeeded' });
    // A message sent during the silence may have arrived anyway: there is still only one group.
    await until(async () => (await openStorage(stack.azurite.connectionString).count('work')) === 0);
    expect(stack.graph.counters().createsPerGroup['contosohr/silent']).toBe(1);
  });

  it('that is silent in the middle of the work delays its record and loses nothing', async () => {
    const { stack, post, settled } = client;
    const group = { ...example, id: 'midway' };
    stack.graph.setFaults([{ match: { method: 'POST' }, times: 1, fault: { kind: 'slow', ms: 500 } }]);
    const accepted = await post(group, respondAsync);
    const seen = () => stack.graph.calls().find(({ groupId }) => groupId === 'midway');
    await until(() => (seen() === undefined ? null : true), 10);
    stack.azurite.kill('SIGSTOP');
    await until(() => seen()?.status === 201, 10);
    stack.azurite.kill('SIGCONT');
    expect(await settled(accepted.body.id)).toMatchObject({ status: 'succeeded' });
    expect(stack.graph.counters().createsPerGroup['contosohr/midway']).toBe(1);
  });

  it('that goes and comes back has the work that was accepted before', async () => {
    const { stack, post, get, settled } = client;
    const { ports } = stack.azurite;
    stack.graph.setFaults([{ times: 1, fault: { kind: 'throttle', retryAfter: '3' } }]);
    const accepted = await post({ ...example, id: 'before' });
    expect([accepted.status, accepted.body.reason]).toEqual([202, 'throttled']);
    await stack.azurite.close();
    expect((await get(`/api/operations/${accepted.body.id}`)).status).toBe(503);
    const back = await startAzurite({ ports, folder: storage.folder });
    undo.push(back.close);
    await until(async () => (await get(`/api/operations/${accepted.body.id}`)).status === 200);
    expect(await settled(accepted.body.id)).toMatchObject({ status: 'succeeded' });
  });

  it('that is slow is waited for: accepted, processed and shown', async () => {
    const { stack, post, settled } = client;
    const { connectionString, ports } = stack.azurite;
    let slowed = connectionString;
    for (const port of [ports.queue, ports.table]) {
      const link = await startSlowLink(port, 300);
      undo.push(link.close);
      slowed = slowed.replace(`:${port}/`, `:${link.port}/`);
    }
    await stack.host?.stop();
    await stack.startHost({ AzureWebJobsStorage: slowed });
    const accepted = await post({ ...example, id: 'slow' }, respondAsync);
    expect(accepted.status).toBe(202);
    expect(await settled(accepted.body.id)).toMatchObject({ status: 'succeeded' });
  });
});
