import type { QueueClient } from '@azure/storage-queue';
import { decodeMessage } from '../../src/queue/message-text.ts';
import { hasCode, storageWithin } from '../../src/storage/bounds.ts';
import { connect } from '../../src/storage/queues.ts';
import { type QueueContent, queues } from '../../src/storage/stores.ts';
import type { StorageTarget } from '../where/storage-target.ts';

/** A message that can be seen without being taken. */
export interface PeekedMessage {
  readonly queue: string;
  readonly content: QueueContent;
  readonly messageId: string;
  readonly insertedDateTime: string;
  /** Null: it is not JSON. */
  readonly value: unknown;
}

interface QueueState {
  readonly queue: string;
  readonly content: QueueContent;
  /** About how many messages it holds, hidden ones included. */
  readonly depth: number;
  /** The first messages that can be seen, 32 at most. */
  readonly visible: readonly PeekedMessage[];
}

/** All queues of the app, without changing anything. A queue that does not exist is empty. */
export async function readQueues({ setting, credentialFor }: StorageTarget): Promise<readonly QueueState[]> {
  const service = await connect(setting, credentialFor);
  return Promise.all(
    queues.map(async ({ name, content }) => {
      try {
        return await readQueue(service.getQueueClient(name), content);
      } catch (thrown) {
        if (hasCode(thrown, 'QueueNotFound')) return { queue: name, content, depth: 0, visible: [] };
        throw thrown;
      }
    }),
  );
}

async function readQueue(client: QueueClient, content: QueueContent): Promise<QueueState> {
  const bounded = () => ({ abortSignal: AbortSignal.timeout(storageWithin.queue) });
  const { approximateMessagesCount = 0 } = await client.getProperties(bounded());
  const { peekedMessageItems } = await client.peekMessages({ numberOfMessages: 32, ...bounded() });
  const visible = peekedMessageItems.map(({ messageId, insertedOn, messageText }) => {
    const { json } = decodeMessage(Buffer.from(messageText, 'utf8'));
    return {
      queue: client.name,
      content,
      messageId,
      insertedDateTime: insertedOn.toISOString(),
      value: json.ok ? json.value : null,
    };
  });
  return { queue: client.name, content, depth: Math.max(approximateMessagesCount, visible.length), visible };
}
