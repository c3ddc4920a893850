import type { Table } from '../../src/storage/table.ts';
import { createTableService } from '../simulation/world/table-service.ts';

/** A table in memory; `now`: its time in milliseconds, of which it shows whole seconds. */
export function createMemoryTable(now: () => number = () => 0): Table {
  const service = createTableService(() => undefined);
  const name = 'memory';
  const readAt = () => Math.floor(now() / 1000) * 1000;
  return {
    read: (partitionKey, rowKey) =>
      Promise.resolve({ entity: service.read(name, partitionKey, rowKey), readAt: readAt() }),
    list: ({ partitionKey, from, before, most = 1_000 }) => {
      const entities = service.list(name, partitionKey, from, before);
      return Promise.resolve({
        entities: entities.slice(0, most),
        isLast: entities.length <= most,
        readAt: readAt(),
      });
    },
    transact: (actions) => Promise.resolve().then(() => service.transact(name, actions)),
    remove: async (partitionKey, rowKey, etag) => {
      await Promise.resolve();
      service.transact(name, [{ kind: 'delete', partitionKey, rowKey, etag }]);
    },
  };
}
