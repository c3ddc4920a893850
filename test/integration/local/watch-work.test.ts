import { TableClient } from '@azure/data-tables';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type Azurite, startAzurite } from '../../../local/stack/azurite.ts';
import { type Watcher, watch, workWatchers } from '../../../local/watch/watch-work.ts';
import { operationsTable } from '../../../src/creations/operations/operations.ts';
import { queueNames } from '../../../src/storage/queues.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.close());

async function look(watchers: readonly Watcher[]): Promise<string[]> {
  return (await Promise.all(watchers.map((watcher) => watcher().catch(() => [])))).flat();
}

test('tells each change of queue, dead letters and operations once, without any names', async () => {
  const watchers = workWatchers(azurite.connectionString);
  expect(await look(watchers)).toEqual([]);

  const storage = QueueServiceClient.fromConnectionString(azurite.connectionString);
  const put = async (queue: string, content: object) => {
    await storage.getQueueClient(queue).createIfNotExists();
    const text = Buffer.from(JSON.stringify(content)).toString('base64');
    await storage.getQueueClient(queue).sendMessage(text);
  };
  await put(queueNames.work, {});
  const group = { id: 'a', displayName: 'A secret name' };
  await put(queueNames.deadLetters, { connectionId: 'contosohr', group, error: { code: 'group-conflict' } });
  await put(queueNames.deadLetters, { raw: 'eA==', error: { code: 'validation-failed' } });
  const options = { allowInsecureConnection: true };
  const table = TableClient.fromConnectionString(azurite.connectionString, operationsTable, options);
  await table.createTable();
  const operation = {
    partitionKey: 'ab',
    rowKey: 'abc',
    connectionId: 'contosohr',
    groupId: 'a',
    status: 'running',
    reason: 'throttled',
    attempts: 2,
    lastActionDateTime: new Date().toISOString(),
  };
  await table.createEntity(operation);

  expect(await look(watchers)).toEqual([
    'queue        1 waiting',
    'dead letter  contosohr/a  group-conflict',
    'dead letter  a message that could not be read  validation-failed',
    'operation    contosohr/a  running  (throttled, attempts 2)',
  ]);
  expect(await look(watchers)).toEqual([]);

  await storage.getQueueClient(queueNames.work).clearMessages();
  const later = new Date(Date.now() + 1).toISOString();
  await table.updateEntity({ ...operation, status: 'succeeded', lastActionDateTime: later });
  expect(await look(watchers)).toEqual([
    'queue        empty',
    'operation    contosohr/a  succeeded  (throttled, attempts 2)',
  ]);
});

test('a watcher that fails is tried again, until watching ends', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let rounds = 0;
  const lines: string[] = [];
  const flaky: Watcher = async () => {
    rounds += 1;
    if (rounds < 3) throw new Error('storage is away');
    return [`round ${rounds}`];
  };
  const stop = watch([flaky], (line) => lines.push(line), 5);
  await vi.advanceTimersByTimeAsync(15);
  expect(lines).toEqual(['round 3']);
  stop();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(rounds).toBe(3);
});
