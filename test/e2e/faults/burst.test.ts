import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStorage } from '../../support/storage.ts';
import { until } from '../../support/until.ts';
import { type Client, example, startClient } from '../client.ts';
import { residentMemory } from '../resident-memory.ts';

let client: Client;
beforeAll(async () => {
  client = await startClient({ env: { GRAPH_DEADLINE: 'PT200S' } });
});
afterAll(() => client.close());

it('a thousand calls at once are all answered, in bounded memory', async () => {
  const { stack, post } = client;
  // The documented limit; requests above it are refused, and the adapter must cope.
  stack.graph.setPace({ maxInFlight: 25, latencyMs: 20, retryAfter: '1' });
  const filler = 'x'.repeat(30_000);
  const replies = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) =>
      post({ ...example, id: `burst${index}`, description: filler }),
    ),
  );
  const statuses = Object.groupBy(replies, ({ status }) => String(status));
  // Created at once, or kept because Graph had no capacity: nothing else.
  expect(Object.keys(statuses).filter((status) => status !== '201' && status !== '202')).toEqual([]);
  // The smallest instance of Flex Consumption has 512 MB; this process is the local host as well.
  expect(await residentMemory(stack.host?.pid ?? 0)).toBeLessThan(512);

  const queues = openStorage(stack.azurite.connectionString);
  await until(async () => (await queues.count('work')) === 0, 500);
  const creates = Object.values(stack.graph.counters().createsPerGroup);
  expect([creates.length, creates.every((times) => times === 1)]).toEqual([1_000, true]);
  expect(await queues.count('deadLetters')).toBe(0);
});
