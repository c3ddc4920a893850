import type { QueueServiceClient } from '@azure/storage-queue';
import type { StorageSetting } from '../settings/storage-setting.ts';
import { lazily } from '../shared/lazily.ts';
import { within } from '../shared/within.ts';
import { hasCode, storageRetries } from './bounds.ts';
import type { CredentialFor } from './credential.ts';

export const queueNames = {
  work: 'external-group-creations',
  poison: 'external-group-creations-poison',
  deadLetters: 'external-group-creations-deadletter',
  changes: 'external-group-changes',
  changesPoison: 'external-group-changes-poison',
} as const;

/** The most that a message's JSON may take: 64 KiB in base64 are 48 KiB raw. */
export const longestMessage = 48 * 1024;

export interface SendOptions {
  /** Seconds until the message can be seen; 0 to 7 days. */
  readonly delay: number;
  /** Milliseconds after which the caller is told that it failed. */
  readonly within: number;
}

/** Puts an object on a queue as base64 of its JSON, to be kept until it is worked off. */
export type Send = (queue: string, content: object, options: SendOptions) => Promise<void>;

/** Names a message that was sent, and lets its sender delete it as long as nobody has received it. */
export interface SentMessage {
  readonly messageId: string;
  readonly popReceipt: string;
}

export interface QueueSender {
  readonly send: (queue: string, content: object, options: SendOptions) => Promise<SentMessage>;
  /** Rejects also where somebody has received it. */
  readonly revoke: (queue: string, sent: SentMessage, within: number) => Promise<void>;
}

/**
 * The SDK is used rather than the output binding: only it knows delay and time to live, and only here can a failure
 * still be told to the caller. A missing queue is made when the first message finds it missing.
 */
export function createQueueSender(storage: StorageSetting, credentialFor: CredentialFor): QueueSender {
  const service = lazily(() => connect(storage, credentialFor));
  return {
    send: (queue, content, options) => {
      const text = Buffer.from(JSON.stringify(content), 'utf8').toString('base64');
      return within(options.within, async (abortSignal) => {
        const client = (await service()).getQueueClient(queue);
        const send = async () => {
          const { messageId, popReceipt } = await client.sendMessage(text, {
            abortSignal,
            messageTimeToLive: -1,
            // Rounded up: never earlier than asked.
            visibilityTimeout: Math.ceil(options.delay),
          });
          // Whatever stands in between may say 201: the SDK asks for no more, and the work would be lost.
          if (!messageId) throw new Error('what answered in place of the queue names no message');
          return { messageId, popReceipt };
        };
        try {
          return await send();
        } catch (thrown) {
          if (!hasCode(thrown, 'QueueNotFound')) throw thrown;
          await client.createIfNotExists({ abortSignal });
          return send();
        }
      });
    },
    revoke: (queue, { messageId, popReceipt }, milliseconds) =>
      within(milliseconds, async (abortSignal) => {
        const client = (await service()).getQueueClient(queue);
        await client.deleteMessage(messageId, popReceipt, { abortSignal });
      }),
  };
}

export function createSend(storage: StorageSetting, credentialFor: CredentialFor): Send {
  const { send } = createQueueSender(storage, credentialFor);
  return async (queue, content, options) => void (await send(queue, content, options));
}

export async function connect(
  storage: StorageSetting,
  credentialFor: CredentialFor,
): Promise<QueueServiceClient> {
  const { QueueServiceClient: Service } = await import('@azure/storage-queue');
  const options = {
    retryOptions: {
      maxTries: storageRetries.tries,
      tryTimeoutInMs: storageRetries.tryTimeout,
      retryDelayInMs: storageRetries.delay,
      maxRetryDelayInMs: storageRetries.longestDelay,
    },
  };
  return storage.kind === 'identity'
    ? new Service(storage.queueUrl, await credentialFor(storage), options)
    : Service.fromConnectionString(storage.connectionString, options);
}
