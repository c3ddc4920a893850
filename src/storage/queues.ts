import type { QueueServiceClient } from '@azure/storage-queue';
import type { StorageSetting } from '../settings/storage-setting.ts';
import { lazily } from '../shared/lazily.ts';
import { within } from '../shared/within.ts';
import { hasCode, noStorage, storageRetries } from './bounds.ts';
import type { CredentialFor } from './credential.ts';

export const queueNames = {
  work: 'external-group-creations',
  poison: 'external-group-creations-poison',
  deadLetters: 'external-group-creations-deadletter',
  changes: 'external-group-changes',
  changesPoison: 'external-group-changes-poison',
  /** Steps of the verification; one per connection while it is verified. */
  verifications: 'external-group-verifications',
  verificationsPoison: 'external-group-verifications-poison',
} as const;

/** Maximum size of a message's JSON: 64 KiB in base64 are 48 KiB raw. */
export const maxMessageBytes = 48 * 1024;

export interface SendOptions {
  /** Seconds until the message becomes visible; 0 to 7 days. */
  readonly delay: number;
  /** Milliseconds after which the call rejects. */
  readonly within: number;
}

/** Puts content on a queue as {@link encodeMessage} writes it; it never expires. */
export type Send = (queue: string, content: object | string, options: SendOptions) => Promise<SentMessage>;

/** Maximum size of the text of a message in bytes. */
const maxTextBytes = 64 * 1024;

/**
 * The text of a message: text as it is; base64 of an object's JSON, or of bytes as they are; plain if base64 would not fit.
 * Base64 is what every release reads, and nothing in it can override the trigger's metadata.
 */
export function encodeMessage(content: object | string): string {
  if (typeof content === 'string') return content;
  const bytes = Buffer.from(content instanceof Uint8Array ? content : JSON.stringify(content));
  const base64 = bytes.toString('base64');
  return base64.length <= maxTextBytes ? base64 : bytes.toString('utf8');
}

/** Whether an object fits a message at all. */
export function fitsQueue(content: object): boolean {
  return Buffer.byteLength(encodeMessage(content), 'utf8') <= maxTextBytes;
}

/** A received message, invisible to others until its lease ends. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly popReceipt: string;
  readonly insertedOn: Date;
  /** As stored on the queue. */
  readonly text: string;
}

export interface QueueReader {
  /**
   * The next message, hidden from everyone else for `lease` seconds; only one, so that a crash hides no others. A queue
   * that does not exist is empty.
   */
  readonly receive: (queue: string, lease: number, within: number) => Promise<readonly ReceivedMessage[]>;
  /** Deletes a received message; one whose lease was lost belongs to another receiver. */
  readonly remove: (queue: string, message: ReceivedMessage, within: number) => Promise<void>;
}

/** Identifies a message that was sent, and lets its sender delete it as long as nobody has received it. */
export interface SentMessage {
  readonly messageId: string;
  readonly popReceipt: string;
  /** When it was put on the queue, by the queue's own clock: milliseconds, of which the service tells whole seconds. */
  readonly insertedOn: number;
}

export interface QueueSender {
  readonly send: Send;
  /** Also rejects if it has been received. */
  readonly revoke: (queue: string, sent: SentMessage, within: number) => Promise<void>;
}

/**
 * The SDK is used rather than the output binding: only the SDK supports delay and time to live, and only here can a
 * failure still be reported to the caller. A missing queue is created when the first message finds it missing.
 */
export function createQueueSender(storage: StorageSetting | null, credentialFor: CredentialFor): QueueSender {
  const service = lazily(() => connect(storage, credentialFor));
  return {
    send: (queue, content, options) => {
      const text = encodeMessage(content);
      return within(options.within, async (abortSignal) => {
        const client = (await service()).getQueueClient(queue);
        const send = async () => {
          const { messageId, popReceipt, insertedOn } = await client.sendMessage(text, {
            abortSignal,
            messageTimeToLive: -1,
            // Rounded up: never earlier than asked.
            visibilityTimeout: Math.ceil(options.delay),
          });
          // A proxy in between may answer 201: the SDK checks nothing else, and the work would be lost.
          if (!messageId || !insertedOn)
            throw new Error('what answered in place of the queue names no message');
          return { messageId, popReceipt, insertedOn: insertedOn.getTime() };
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

export function createQueueReader(storage: StorageSetting | null, credentialFor: CredentialFor): QueueReader {
  const service = lazily(() => connect(storage, credentialFor));
  return {
    receive: async (queue, lease, milliseconds) => {
      try {
        const { receivedMessageItems } = await within(milliseconds, async (abortSignal) =>
          (await service())
            .getQueueClient(queue)
            .receiveMessages({ numberOfMessages: 1, visibilityTimeout: lease, abortSignal }),
        );
        return receivedMessageItems.map(({ messageId, popReceipt, insertedOn, messageText }) => ({
          messageId,
          popReceipt,
          insertedOn,
          text: messageText,
        }));
      } catch (thrown) {
        if (hasCode(thrown, 'QueueNotFound')) return [];
        throw thrown;
      }
    },
    remove: async (queue, { messageId, popReceipt }, milliseconds) => {
      await within(milliseconds, async (abortSignal) =>
        (await service()).getQueueClient(queue).deleteMessage(messageId, popReceipt, { abortSignal }),
      );
    },
  };
}

export async function connect(
  storage: StorageSetting | null,
  credentialFor: CredentialFor,
): Promise<QueueServiceClient> {
  if (storage === null) throw new Error(noStorage);
  const { QueueServiceClient: Service } = await import('@azure/storage-queue');
  const options = {
    retryOptions: {
      maxTries: storageRetries.tries,
      tryTimeoutInMs: storageRetries.tryTimeout,
      retryDelayInMs: storageRetries.delay,
      maxRetryDelayInMs: storageRetries.maxDelay,
    },
  };
  return storage.kind === 'identity'
    ? new Service(storage.queueUrl, await credentialFor(storage), options)
    : Service.fromConnectionString(storage.connectionString, options);
}
