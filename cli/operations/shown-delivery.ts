import type { TableClient } from '@azure/data-tables';
import { fromEntity, keysOf } from '../../src/creations/operations/entity.ts';
import { connect } from '../../src/creations/operations/operations.ts';
import { hasStatus, storageWithin } from '../../src/storage/bounds.ts';
import type { StorageTarget } from '../where/storage-target.ts';

/** The delivery that the operations table shows for an operation; null where it shows none. */
export type ReadDelivery = (operationId: string) => Promise<string | null>;

export function createReadDelivery({ setting, credentialFor }: StorageTarget): ReadDelivery {
  let table: Promise<TableClient> | undefined;
  return async (operationId) => {
    table ??= connect(setting, credentialFor);
    const { partitionKey, rowKey } = keysOf(operationId);
    const abortSignal = AbortSignal.timeout(storageWithin.queue);
    try {
      const client = await table;
      const entity = await client.getEntity<Record<string, unknown>>(partitionKey, rowKey, { abortSignal });
      return fromEntity(entity).delivery;
    } catch (thrown) {
      if (hasStatus(thrown, 404)) return null;
      throw thrown;
    }
  };
}
