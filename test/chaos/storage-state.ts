import { TableClient } from '@azure/data-tables';
import { QueueServiceClient } from '@azure/storage-queue';
import { operationsTable } from '../../src/creations/operations/operations.ts';
import { queueNames } from '../../src/storage/queues.ts';

export interface StorageState {
  readonly count: (queue: keyof typeof queueNames) => Promise<number>;
  /** The status of every operation that there is, by its id. */
  readonly operations: () => Promise<ReadonlyMap<string, string>>;
}

/** The account as an operator sees it, with the real SDKs. */
export function openStorageState(connectionString: string): StorageState {
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  const table = TableClient.fromConnectionString(connectionString, operationsTable, {
    allowInsecureConnection: true,
  });
  return {
    count: async (queue) => {
      const client = queues.getQueueClient(queueNames[queue]);
      await client.createIfNotExists();
      return (await client.getProperties()).approximateMessagesCount ?? 0;
    },
    operations: async () => {
      const found = new Map<string, string>();
      for await (const { rowKey = '', status } of table.listEntities<{ status: string }>())
        found.set(rowKey, status);
      return found;
    },
  };
}
