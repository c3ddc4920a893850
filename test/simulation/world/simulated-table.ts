import type { Table } from '../../../src/storage/table.ts';
import type { Instance } from './instance.ts';
import { withSdkRetries } from './sdk-retries.ts';

/** A table as `src/storage/table.ts` opens it, the SDK's own retries included. */
export function createSimulatedTable({ clock, table }: Instance, name: string): Table {
  return {
    read: (partitionKey, rowKey, signal) =>
      withSdkRetries({ clock, signal }, () => table.read(name, partitionKey, rowKey, { signal })),
    list: async ({ partitionKey, from, before }, signal) => {
      const { entities, readAt } = await withSdkRetries({ clock, signal }, () =>
        table.list(name, partitionKey, { from, before, signal }),
      );
      return { entities, isLast: true, readAt };
    },
    transact: (actions, signal) =>
      withSdkRetries({ clock, signal }, () => table.transact(name, actions, { signal })),
    remove: async (partitionKey, rowKey, etag, signal) => {
      const deletion = { kind: 'delete', partitionKey, rowKey, etag } as const;
      await withSdkRetries({ clock, signal }, () => table.transact(name, [deletion], { signal }));
    },
  };
}
