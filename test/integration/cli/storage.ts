import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QueueServiceClient } from '@azure/storage-queue';
import { startAzurite } from '../../../local/stack/azurite.ts';
import type { Message } from '../../../src/creations/message.ts';
import type { Operation } from '../../../src/creations/operations/operation.ts';
import { createOperations, type Operations } from '../../../src/creations/operations/operations.ts';
import { operationIdOf } from '../../../src/groups/operation-id.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { type DeadContent, type DeadLetterError, toDeadLetter } from '../../../src/work/dead-letter.ts';

/** Real storage, and what the tests put there and find there. */
export interface Storage {
  readonly connectionString: string;
  readonly queueUrl: string;
  readonly operations: Operations;
  /** Empties both queues. */
  readonly reset: () => Promise<void>;
  readonly bury: (content: DeadContent, error?: DeadLetterError) => Promise<string>;
  readonly put: (queue: string, text: string) => Promise<string>;
  /** Contents of all messages, leased ones excepted. */
  readonly contents: (queue: string) => Promise<Record<string, unknown>[]>;
  readonly size: (queue: string) => Promise<number>;
  readonly close: () => Promise<void>;
}

export const within = 5_000;
const givenUp: DeadLetterError = { code: 'gave-up', detail: 'Given up after 7 attempts.' };

/**
 * On disk: in memory each message is an extent of its own, and once a minute Azurite 3.37 clears the extents of
 * deleted messages in one go: after some thousand it answers nobody for a minute and more.
 */
export async function startStorage(): Promise<Storage> {
  const folder = await mkdtemp(join(tmpdir(), 'external-groups-azurite-'));
  const azurite = await startAzurite({ folder });
  const { connectionString } = azurite;
  const service = QueueServiceClient.fromConnectionString(connectionString);
  const never = () => Promise.reject(new Error('no identity here'));
  const put = async (queue: string, text: string) => {
    await service.getQueueClient(queue).createIfNotExists();
    const sent = await service.getQueueClient(queue).sendMessage(text, { messageTimeToLive: -1 });
    return sent.messageId;
  };
  return {
    connectionString,
    queueUrl: azurite.endpoints.queue,
    operations: createOperations({ kind: 'connection-string', connectionString }, never),
    reset: async () => {
      for (const name of [queueNames.work, queueNames.deadLetters]) {
        await service.getQueueClient(name).createIfNotExists();
        await service.getQueueClient(name).clearMessages();
      }
    },
    put,
    bury: (content, error = givenUp) =>
      put(queueNames.deadLetters, encode(toDeadLetter(content, error, '2026-01-02T03:04:05.678Z'))),
    contents: async (queue) => {
      const found: Record<string, unknown>[] = [];
      const client = service.getQueueClient(queue);
      for (;;) {
        const { receivedMessageItems } = await client.receiveMessages({
          numberOfMessages: 32,
          visibilityTimeout: 600,
        });
        if (receivedMessageItems.length === 0) break;
        for (const { messageText } of receivedMessageItems)
          found.push(JSON.parse(Buffer.from(messageText, 'base64').toString('utf8')));
      }
      return found;
    },
    size: async (queue) =>
      (await service.getQueueClient(queue).getProperties()).approximateMessagesCount ?? 0,
    close: async () => {
      await azurite.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function encode(content: object): string {
  return Buffer.from(JSON.stringify(content), 'utf8').toString('base64');
}

/** A message of the adapter as it looks when it is given up. */
export function oldMessage(id: string, more: Partial<Message> = {}): Message & { operationId: string } {
  const connectionId = more.connectionId ?? 'contosohr';
  const group = more.group ?? { id, displayName: `Group ${id}` };
  return {
    connectionId,
    group,
    operationId: operationIdOf(connectionId, group),
    reason: 'unavailable',
    attempts: 7,
    uncertain: false,
    firstQueuedDateTime: '2025-12-31T00:00:00.000Z',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'contoso=1',
    ...more,
  };
}

export function failed(message: Message & { operationId: string }): Operation {
  return {
    id: message.operationId,
    status: 'failed',
    connectionId: message.connectionId,
    groupId: message.group.id,
    reason: 'unavailable',
    createdDateTime: '2025-12-31T00:00:00.000Z',
    lastActionDateTime: '2026-01-02T03:04:05.678Z',
    attempts: 7,
  };
}
