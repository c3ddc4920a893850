import type {
  DeadLetterQueue,
  LeasedMessage,
  SeenMessage,
} from '../../../cli/dead-letters/dead-letter-queue.ts';
import type { OperationsTable } from '../../../src/creations/operations/operations.ts';
import { within } from '../../../src/shared/within.ts';
import { storageRetries } from '../../../src/storage/bounds.ts';
import { encodeMessage, type QueueReader, queueNames, type Send } from '../../../src/storage/queues.ts';
import type { Instance } from '../world/instance.ts';
import type { QueueMessage } from '../world/queue-service.ts';
import { withSdkRetries } from '../world/sdk-retries.ts';
import { serviceError } from '../world/service-error.ts';
import type { RunState } from './run-state.ts';

/** Sees what an instance is about to send; what it gives back sees the message when it is on the queue. */
export type OnSend = (queue: string, text: string) => (message: QueueMessage) => void;

/** Sends as `src/storage/queues.ts` does, the SDK's own retries included. */
export function createSimulatedSend({ clock, queue }: Instance, onSend: OnSend): Send {
  const { tryTimeout: timeout } = storageRetries;
  return (name, content, { delay, within: bound }) => {
    const text = encodeMessage(content);
    const onSent = onSend(name, text);
    const send = async (signal: AbortSignal) => {
      const { messageId, popReceipt, insertedAt } = await withSdkRetries({ clock, signal }, () =>
        queue.send(name, text, { delay: Math.ceil(delay) * 1000, signal, timeout, onSent }),
      );
      return { messageId, popReceipt, insertedOn: insertedAt };
    };
    return within(bound, send, clock);
  };
}

/** Reads a queue as `src/storage/queues.ts` does. What is held is work in progress until it is deleted. */
export function createSimulatedReader({ clock, queue, name }: Instance, state: RunState): QueueReader {
  const { deliveries, journal } = state;
  const { tryTimeout: timeout } = storageRetries;
  return {
    receive: (from, seconds, bound) => {
      const receive = async (signal: AbortSignal) => {
        const messages = await withSdkRetries({ clock, signal }, () =>
          queue.receive(from, { most: 32, lease: seconds * 1000, signal, timeout }),
        );
        for (const { messageId, text } of messages) {
          const delivery = deliveries.of(text);
          if (delivery !== undefined) journal.begin(name, delivery, messageId, true);
        }
        return messages.map(({ insertedAt, ...message }) => ({
          ...message,
          insertedOn: new Date(insertedAt),
        }));
      };
      return within(bound, receive, clock);
    },
    remove: async (from, message, bound) => {
      const remove = (signal: AbortSignal) =>
        withSdkRetries({ clock, signal }, () => queue.remove(from, message, { signal, timeout }));
      await within(bound, remove, clock);
      for (const held of journal.runningOn(name)) if (held.messageId === message.messageId) journal.end(held);
    },
  };
}

/** A table on which the app's identity has no role. */
export function forbidTable(): OperationsTable {
  const refuse = () => Promise.reject(serviceError(403, 'AuthorizationPermissionMismatch'));
  return { read: refuse, transact: refuse };
}

/** The dead-letter queue as `cli/dead-letters/dead-letter-queue.ts` opens it. */
export function createSimulatedDeadLetterQueue({ queue }: Instance): DeadLetterQueue {
  const name = queueNames.deadLetters;
  const isNeverSilent = true;
  return {
    peek: async () => (await queue.peek(name, { most: 32, isNeverSilent })).map(toSeen),
    lease: async (seconds) => {
      const received = await queue.receive(name, { most: 32, lease: seconds * 1000, isNeverSilent });
      return received.map((message) => ({ ...toSeen(message), popReceipt: message.popReceipt }));
    },
    rewrite: (message, text, seconds) =>
      unlessLost(async (): Promise<LeasedMessage> => {
        const options = { text, delay: seconds * 1000, isNeverSilent };
        const { popReceipt } = await queue.update(name, message, options);
        return { ...message, text, popReceipt };
      }),
    giveBack: async (message) => {
      await unlessLost(() => queue.update(name, message, { delay: 0, isNeverSilent }));
    },
    remove: async (message) => {
      const removed = await unlessLost(async () => {
        await queue.remove(name, message, { isNeverSilent });
        return true;
      });
      return removed !== null;
    },
    size: () => Promise.resolve(0),
  };
}

function toSeen({ messageId, insertedAt, text }: QueueMessage): SeenMessage {
  return { messageId, insertedOn: new Date(insertedAt), text };
}

async function unlessLost<T>(use: () => Promise<T>): Promise<T | null> {
  try {
    return await use();
  } catch (thrown) {
    const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : null;
    if (status === 404 || status === 400) return null;
    throw thrown;
  }
}
