import { inflateRawSync } from 'node:zlib';
import { TableClient, TableServiceClient } from '@azure/data-tables';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { operationsTable } from '../../src/creations/operations/operations.ts';
import { queueNames } from '../../src/storage/queues.ts';
import { takeAccount } from './take-account.ts';

/** The adapter's queues by their short names. */
export type QueueKey = keyof typeof queueNames;

/** A storage account as producers and operators see it, through the real SDKs. Queues are created when first used. */
export interface Storage {
  readonly connectionString: string;
  /** Any queue, by its real name. */
  readonly queue: (name: string) => Promise<QueueClient>;
  /** Puts the text on a queue as it is, without an end to its life; gives the message id. */
  readonly send: (queue: QueueKey, text: string) => Promise<string>;
  /** Puts the JSON on a queue, the work queue unless told otherwise, in base64; gives the message id. */
  readonly sendJson: (content: unknown, queue?: QueueKey) => Promise<string>;
  /** How many messages a queue holds, visible or not. */
  readonly count: (queue: QueueKey) => Promise<number>;
  /** The visible dead letters, 32 at most, which stay visible. */
  readonly deadLetters: () => Promise<Record<string, unknown>[]>;
  /** The JSON of all visible messages, which are then hidden for ten minutes. */
  readonly receive: (queue: QueueKey) => Promise<Record<string, unknown>[]>;
  /** Empties the adapter's queues. */
  readonly clear: () => Promise<void>;
  /** Every entity of every table as text, with what is packed into its binary properties. */
  readonly everyEntity: () => Promise<readonly string[]>;
  /** The status of every operation, by its id. */
  readonly operationStatuses: () => Promise<ReadonlyMap<string, string>>;
}

/** Opens the account behind a connection string. */
export function openStorage(connectionString: string): Storage {
  const service = QueueServiceClient.fromConnectionString(connectionString);
  const table = TableClient.fromConnectionString(connectionString, operationsTable, {
    allowInsecureConnection: true,
  });
  const queue = async (name: string) => {
    const client = service.getQueueClient(name);
    await client.createIfNotExists();
    return client;
  };
  const ours = (key: QueueKey) => queue(queueNames[key]);
  const send = async (key: QueueKey, text: string) =>
    (await (await ours(key)).sendMessage(text, { messageTimeToLive: -1 })).messageId;

  return {
    connectionString,
    queue,
    send,
    sendJson: (content, key = 'work') => send(key, toBase64(content)),
    count: async (key) => (await (await ours(key)).getProperties()).approximateMessagesCount ?? 0,
    deadLetters: async () => {
      const { peekedMessageItems } = await (await ours('deadLetters')).peekMessages({ numberOfMessages: 32 });
      return peekedMessageItems.map(({ messageText }) => fromText(messageText));
    },
    receive: async (key) => {
      const client = await ours(key);
      const found: Record<string, unknown>[] = [];
      for (;;) {
        const options = { numberOfMessages: 32, visibilityTimeout: 600 };
        const { receivedMessageItems } = await client.receiveMessages(options);
        if (receivedMessageItems.length === 0) return found;
        found.push(...receivedMessageItems.map(({ messageText }) => fromText(messageText)));
      }
    },
    clear: async () => {
      for (const name of Object.values(queueNames)) await (await queue(name)).clearMessages();
    },
    everyEntity: async () => {
      const insecure = { allowInsecureConnection: true };
      const found: string[] = [];
      for await (const { name = '' } of TableServiceClient.fromConnectionString(
        connectionString,
        insecure,
      ).listTables())
        for await (const entity of TableClient.fromConnectionString(
          connectionString,
          name,
          insecure,
        ).listEntities())
          found.push(textOf(entity));
      return found;
    },
    operationStatuses: async () => {
      const found = new Map<string, string>();
      for await (const { rowKey = '', status } of table.listEntities<{ status: string }>())
        found.set(rowKey, status);
      return found;
    },
  };
}

export interface StartedStorage extends Storage {
  /** Address of the queue service, without a trailing slash. */
  readonly queueUrl: string;
  readonly close: () => Promise<void>;
}

/** Opens an account that nobody has used. */
export async function startStorage(): Promise<StartedStorage> {
  const { connectionString, endpoints, close } = await takeAccount();
  return { ...openStorage(connectionString), queueUrl: endpoints.queue, close };
}

function textOf(entity: object): string {
  const values = Object.entries(entity).map(([name, value]) => {
    if (!(value instanceof Uint8Array)) return `${name}=${String(value)}`;
    const text = Buffer.from(value).toString('utf8');
    return `${name}=${text.startsWith('{') ? text : inflated(value)}`;
  });
  return values.join(' ');
}

function inflated(bytes: Uint8Array): string {
  try {
    return inflateRawSync(bytes).toString('utf8');
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}

function toBase64(content: unknown): string {
  return Buffer.from(JSON.stringify(content), 'utf8').toString('base64');
}

/** The app sends base64, and plain JSON where base64 would be too long; base64 never begins with a bracket. */
function fromText(text: string): Record<string, unknown> {
  return JSON.parse(/^[{[]/.test(text) ? text : Buffer.from(text, 'base64').toString('utf8'));
}
