import { TableClient } from '@azure/data-tables';
import { QueueServiceClient } from '@azure/storage-queue';
import { operationsTable } from '../../src/creations/operations/operations.ts';
import { queueNames } from '../../src/storage/queues.ts';
import { isJsonObject, parseJson } from '../stack/json.ts';

/** Reads once and returns a line for everything that has changed since the last time. */
export type Watcher = () => Promise<string[]>;

/**
 * Runs watchers every `intervalMs` milliseconds, one round at a time. A read that fails (storage is stopping, a queue
 * does not exist yet) is tried again in the next round. The returned function stops it.
 */
export function watch(
  watchers: readonly Watcher[],
  onLine: (line: string) => void,
  intervalMs = 1_000,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const round = async () => {
    const lines = await Promise.all(watchers.map((watcher) => watcher().catch(() => [])));
    if (stopped) return;
    for (const line of lines.flat()) onLine(line);
    timer = setTimeout(round, intervalMs);
  };
  timer = setTimeout(round, intervalMs);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** One watcher each for the queue's length, the dead letters and the operations. */
export function workWatchers(storageConnectionString: string): readonly Watcher[] {
  // One quick try each: the next round comes anyway.
  const options = { retryOptions: { maxTries: 1, maxRetries: 0 }, allowInsecureConnection: true };
  const storage = QueueServiceClient.fromConnectionString(storageConnectionString, options);
  const work = storage.getQueueClient(queueNames.work);
  const deadLetters = storage.getQueueClient(queueNames.deadLetters);
  const table = TableClient.fromConnectionString(storageConnectionString, operationsTable, options);
  let waiting = 0;
  const seenLetters = new Set<string>();
  let newest = new Date().toISOString();

  return [
    async () => {
      const { approximateMessagesCount: now = 0 } = await work.getProperties();
      if (now === waiting) return [];
      waiting = now;
      return [`queue        ${now === 0 ? 'empty' : `${now} waiting`}`];
    },
    async () => {
      const { peekedMessageItems } = await deadLetters.peekMessages({ numberOfMessages: 32 });
      const fresh = peekedMessageItems.filter(({ messageId }) => !seenLetters.has(messageId));
      for (const { messageId } of fresh) seenLetters.add(messageId);
      return fresh.map(({ messageText }) => `dead letter  ${describeDeadLetter(messageText)}`);
    },
    async () => {
      const changed = table.listEntities<Record<string, unknown>>({
        queryOptions: {
          filter: `lastActionDateTime gt '${newest}'`,
          select: ['connectionId', 'groupId', 'status', 'reason', 'attempts', 'lastActionDateTime'],
        },
      });
      const lines: string[] = [];
      for await (const entity of changed) {
        const { connectionId, groupId, status, reason, attempts, lastActionDateTime } = entity;
        if (String(lastActionDateTime) > newest) newest = String(lastActionDateTime);
        lines.push(`operation    ${connectionId}/${groupId}  ${status}  (${reason}, attempts ${attempts})`);
      }
      return lines;
    },
  ];
}

/** Which group it was and why it was dead-lettered; never its name or description. */
function describeDeadLetter(messageText: string): string {
  const letter = parseJson(Buffer.from(messageText, 'base64').toString('utf8'));
  if (!isJsonObject(letter)) return 'unreadable';
  const { connectionId, group, error } = letter;
  const code = isJsonObject(error) ? String(error.code) : 'no reason';
  if (!isJsonObject(group)) return `a message that could not be read  ${code}`;
  return `${String(connectionId)}/${String(group.id)}  ${code}`;
}
