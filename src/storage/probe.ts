import { randomUUID } from 'node:crypto';
import { parseConnectionString } from '../settings/readers.ts';
import type { StorageSetting } from '../settings/storage-setting.ts';
import type { Fetch } from '../shared/fetch.ts';
import { lazily } from '../shared/lazily.ts';
import { hasCode, hasStatus } from './bounds.ts';
import { connectTable } from './connect-table.ts';
import type { CredentialFor } from './credential.ts';
import { connect } from './queues.ts';
import { operationsTable } from './stores.ts';

export type StorageService = 'queue' | 'table';

/** Checks of storage that do not affect any work. Each rejects as the SDK or `fetch` does. */
export interface StorageProbe {
  readonly endpoints: Readonly<Record<StorageService, string>>;
  /** A request without credentials; its status does not matter. Returns the `Date`, in milliseconds since 1970. */
  readonly reach: (service: StorageService, signal: AbortSignal) => Promise<number | null>;
  /** The number of messages, hidden ones included; null: there is no such queue. */
  readonly countMessages: (queue: string, signal: AbortSignal) => Promise<number | null>;
  /** When the oldest visible message was enqueued; null: none. */
  readonly oldestMessage: (queue: string, signal: AbortSignal) => Promise<number | null>;
  /** The texts of the messages that can be seen, 32 at most; a queue that does not exist is empty. */
  readonly peekMessages: (queue: string, signal: AbortSignal) => Promise<readonly string[]>;
  /** Puts a message on a queue of its own and deletes it; creates the queue if there is none. */
  readonly writeQueue: (signal: AbortSignal) => Promise<void>;
  /** False: there is no such table. */
  readonly readTable: (table: string, signal: AbortSignal) => Promise<boolean>;
  /** Inserts an entity into the table of operations and deletes it; creates the table if there is none. */
  readonly writeTable: (signal: AbortSignal) => Promise<void>;
}

/** Nothing reads this queue, so a message on it starts nothing. */
export const probeQueue = 'external-group-diagnostics';
/** No operation has this key. */
const probePartition = 'diagnostics';
/** Seconds after which a message that could not be deleted expires. */
const messageLasts = 60;

export function createStorageProbe(
  storage: StorageSetting,
  credentialFor: CredentialFor,
  fetch: Fetch,
): StorageProbe {
  const service = lazily(() => connect(storage, credentialFor));
  const tableOf = (name: string) => connectTable(storage, credentialFor, name);
  const endpoints = storageEndpoints(storage);
  const peek = async (queue: string, abortSignal: AbortSignal) => {
    const client = (await service()).getQueueClient(queue);
    return (await client.peekMessages({ numberOfMessages: 32, abortSignal })).peekedMessageItems;
  };

  return {
    endpoints,
    reach: async (what, signal) => {
      const response = await fetch(endpoints[what], { signal });
      await response.body?.cancel();
      const date = Date.parse(response.headers.get('date') ?? '');
      return Number.isNaN(date) ? null : date;
    },
    countMessages: async (queue, abortSignal) => {
      try {
        const client = (await service()).getQueueClient(queue);
        return (await client.getProperties({ abortSignal })).approximateMessagesCount ?? 0;
      } catch (thrown) {
        if (hasCode(thrown, 'QueueNotFound') || hasStatus(thrown, 404)) return null;
        throw thrown;
      }
    },
    oldestMessage: async (queue, abortSignal) => {
      const times = (await peek(queue, abortSignal)).map(({ insertedOn }) => insertedOn.getTime());
      return times.length === 0 ? null : Math.min(...times);
    },
    peekMessages: async (queue, abortSignal) => {
      try {
        return (await peek(queue, abortSignal)).map(({ messageText }) => messageText);
      } catch (thrown) {
        if (hasStatus(thrown, 404)) return [];
        throw thrown;
      }
    },
    writeQueue: async (abortSignal) => {
      const client = (await service()).getQueueClient(probeQueue);
      const send = () => client.sendMessage('diagnostics', { messageTimeToLive: messageLasts, abortSignal });
      const sent = await send().catch(async (thrown: unknown) => {
        if (!hasCode(thrown, 'QueueNotFound')) throw thrown;
        await client.createIfNotExists({ abortSignal });
        return send();
      });
      await client.deleteMessage(sent.messageId, sent.popReceipt, { abortSignal });
    },
    readTable: async (name, abortSignal) => {
      const table = await tableOf(name);
      try {
        await table.getEntity(probePartition, 'none', { abortSignal });
        return true;
      } catch (thrown) {
        if (hasCode(thrown, 'TableNotFound')) return false;
        if (hasStatus(thrown, 404)) return true;
        throw thrown;
      }
    },
    writeTable: async (abortSignal) => {
      const table = await tableOf(operationsTable);
      const entity = { partitionKey: probePartition, rowKey: randomUUID() };
      const create = () => table.createEntity(entity, { abortSignal });
      await create().catch(async (thrown: unknown) => {
        if (!hasCode(thrown, 'TableNotFound')) throw thrown;
        await table.createTable({ abortSignal });
        return create();
      });
      await table.deleteEntity(entity.partitionKey, entity.rowKey, { abortSignal });
    },
  };
}

/** The addresses of a storage account's services, without credentials or signatures. */
function storageEndpoints(storage: StorageSetting): Readonly<Record<StorageService, string>> {
  if (storage.kind === 'identity') return { queue: storage.queueUrl, table: storage.tableUrl };
  const pairs = parseConnectionString(storage.connectionString);
  const account = 'devstoreaccount1';
  const bare = (url: string | undefined, port: number) => {
    const { origin, pathname } = new URL(url ?? `http://127.0.0.1:${port}/${account}`);
    return `${origin}${pathname}`;
  };
  return {
    queue: bare(pairs?.get('queueendpoint'), 10_001),
    table: bare(pairs?.get('tableendpoint'), 10_002),
  };
}
