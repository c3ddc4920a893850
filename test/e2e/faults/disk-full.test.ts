import { afterAll, beforeAll, expect, it } from 'vitest';
import { startAzurite } from '../../../local/stack/azurite.ts';
import { until } from '../../support/until.ts';
import { type Client, example, startClient } from '../client.ts';
import { type StorageFolder, stageStorage } from './storage-folder.ts';

const respondAsync = { headers: { prefer: 'respond-async' } };
/** Three or four of these fill it. */
const large = (id: string) => ({ ...example, id, description: 'x'.repeat(20_000) });

let client: Client;
let storage: StorageFolder;
const undo: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  storage = await stageStorage();
  undo.push(storage.remove);
  client = await startClient({ storageFolder: storage.folder, storageFullAt: 128, ownStorage: true });
  undo.push(client.close);
});
afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

it('storage on a full disk claims nothing more, leaves the direct path alone, and keeps on with what it has', async () => {
  const { stack, post, settled } = client;
  const accepted: unknown[] = [];
  const refused = await until(async () => {
    const reply = await post(large(`g${accepted.length}`), respondAsync);
    if (reply.status === 202) accepted.push(reply.body.id);
    return reply.status === 202 ? null : reply;
  }, 0);
  expect([refused.status, refused.body.type]).toEqual([503, 'urn:problem-type:deferral-unavailable']);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await post(large('direct'))).status).toBe(201);
  expect(accepted.length).toBeGreaterThan(0);
  for (const id of accepted) expect(await settled(id)).toMatchObject({ status: 'succeeded' });

  // Azurite writes no more even when there is room: it must be started again.
  const { ports } = stack.azurite;
  await stack.azurite.close();
  const back = await startAzurite({ ports, folder: storage.folder });
  undo.push(back.close);
  const again = await until(async () => {
    const reply = await post(large(`g${accepted.length}`), respondAsync);
    return reply.status === 202 ? reply : null;
  });
  expect(await settled(again.body.id)).toMatchObject({ status: 'succeeded' });
  expect(Object.values(stack.graph.counters().createsPerGroup)).toEqual(Array(accepted.length + 2).fill(1));
});
