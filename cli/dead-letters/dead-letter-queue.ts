import type { QueueClient } from '@azure/storage-queue';
import { hasCode, hasStatus, storageWithin } from '../../src/storage/bounds.ts';
import { connect, queueNames } from '../../src/storage/queues.ts';
import type { StorageTarget } from '../where/storage-target.ts';

/** A message on the dead-letter queue. */
export interface SeenMessage {
  readonly messageId: string;
  readonly insertedOn: Date;
  /** As stored on the queue: base64, unless someone else put it there. */
  readonly text: string;
}

/** A message that is hidden from everyone else until the lease ends. */
export interface LeasedMessage extends SeenMessage {
  readonly popReceipt: string;
}

/** The dead-letter queue. A queue that does not exist is empty. */
export interface DeadLetterQueue {
  /** The first 32 visible messages: storage has no second page. */
  readonly peek: () => Promise<SeenMessage[]>;
  /** The next 32 at most, hidden from everyone else for `seconds`. */
  readonly lease: (seconds: number) => Promise<LeasedMessage[]>;
  /** Rewrites a leased message and renews its lease; null if the lease was lost. */
  readonly rewrite: (message: LeasedMessage, text: string, seconds: number) => Promise<LeasedMessage | null>;
  /** Makes the message visible again; if the lease was lost it already is. */
  readonly giveBack: (message: LeasedMessage) => Promise<void>;
  /** False if the lease was lost. */
  readonly remove: (message: LeasedMessage) => Promise<boolean>;
  /** Roughly how many there are, including leased ones. */
  readonly size: () => Promise<number>;
}

/** The most that storage returns at once. */
export const pageSize = 32;

export function openDeadLetterQueue({ setting, credentialFor }: StorageTarget): DeadLetterQueue {
  let client: Promise<QueueClient> | undefined;
  const open = () => {
    client ??= connect(setting, credentialFor).then((service) =>
      service.getQueueClient(queueNames.deadLetters),
    );
    return client;
  };
  const bounded = () => ({ abortSignal: AbortSignal.timeout(storageWithin.queue) });

  return {
    peek: async () => {
      const queue = await open();
      const peek = () => queue.peekMessages({ numberOfMessages: pageSize, ...bounded() });
      const answer = await unlessMissing(peek, { peekedMessageItems: [] });
      return answer.peekedMessageItems.map(toSeen);
    },
    lease: async (seconds) => {
      const queue = await open();
      const receive = () =>
        queue.receiveMessages({ numberOfMessages: pageSize, visibilityTimeout: seconds, ...bounded() });
      const answer = await unlessMissing(receive, { receivedMessageItems: [] });
      return answer.receivedMessageItems.map((item) => ({ ...toSeen(item), popReceipt: item.popReceipt }));
    },
    rewrite: async (message, text, seconds) => {
      const { messageId, popReceipt } = message;
      const write = async () => (await open()).updateMessage(messageId, popReceipt, text, seconds, bounded());
      const answer = await unlessLost(write);
      return answer === null ? null : { ...message, text, popReceipt: answer.popReceipt ?? popReceipt };
    },
    giveBack: async ({ messageId, popReceipt }) => {
      await unlessLost(async () =>
        (await open()).updateMessage(messageId, popReceipt, undefined, 0, bounded()),
      );
    },
    remove: async ({ messageId, popReceipt }) => {
      const remove = async () => (await open()).deleteMessage(messageId, popReceipt, bounded());
      return (await unlessLost(remove)) !== null;
    },
    size: async () => {
      const queue = await open();
      const answer = await unlessMissing(() => queue.getProperties(bounded()), {
        approximateMessagesCount: 0,
      });
      return answer.approximateMessagesCount ?? 0;
    },
  };
}

function toSeen(item: { messageId: string; insertedOn: Date; messageText: string }): SeenMessage {
  return { messageId: item.messageId, insertedOn: item.insertedOn, text: item.messageText };
}

async function unlessMissing<T, E>(use: () => Promise<T>, empty: E): Promise<T | E> {
  try {
    return await use();
  } catch (thrown) {
    if (hasCode(thrown, 'QueueNotFound')) return empty;
    throw thrown;
  }
}

/** Storage answers 404 if the message is gone, 400 or 404 if the receipt is no longer valid. */
async function unlessLost<T>(use: () => Promise<T>): Promise<T | null> {
  try {
    return await use();
  } catch (thrown) {
    if (hasStatus(thrown, 404) || hasCode(thrown, 'PopReceiptMismatch')) return null;
    throw thrown;
  }
}
