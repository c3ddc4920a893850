import type { TableClient } from '@azure/data-tables';
import { lazily } from '../lazily.ts';
import type { StorageSetting } from '../settings/storage-setting.ts';
import { hasCode, hasStatus, storageRetries } from '../storage/bounds.ts';
import type { CredentialFor } from '../storage/credential.ts';
import { fromEntity, keysOf, type StoredOperation, toEntity } from './entity.ts';
import { isFinal, type Operation } from './operation.ts';

export const operationsTable = 'externalGroupOperations';

export interface Operations {
  /** Null: no such operation. Rejects where the table cannot be read. */
  readonly read: (operationId: string, within: number) => Promise<Operation | null>;
  /**
   * Records what is known now, unless the table already shows something later: a newer delivery, or the end of this
   * one. Gives back what the table holds afterwards.
   */
  readonly record: (operation: Operation, delivery: string, within: number) => Promise<StoredOperation>;
}

/** Two copies of a message may race for an entity; each round of the race has a winner. */
const mostRounds = 10;

/**
 * The operations are a projection: the queue is the truth, and what is written here only lets a caller follow it.
 * Each write is conditional on what was read, so that no order of events shows an end and then takes it back:
 *
 *     stored \ recorded        same delivery            newer delivery    older delivery
 *     none                     insert                   insert            insert
 *     notStarted               replace                  replace           keep
 *     running                  replace unless back to   replace           keep
 *                              notStarted
 *     succeeded, failed        keep                     replace           keep
 */
export function createOperations(storage: StorageSetting, credentialFor: CredentialFor): Operations {
  const table = lazily(() => connect(storage, credentialFor));

  async function find(operationId: string, abortSignal: AbortSignal) {
    const { partitionKey, rowKey } = keysOf(operationId);
    try {
      return await (await table()).getEntity<Record<string, unknown>>(partitionKey, rowKey, { abortSignal });
    } catch (thrown) {
      if (hasStatus(thrown, 404)) return null;
      throw thrown;
    }
  }

  return {
    read: async (operationId, within) => {
      const entity = await find(operationId, AbortSignal.timeout(within));
      return entity === null ? null : fromEntity(entity).operation;
    },
    record: async (operation, delivery, within) => {
      const abortSignal = AbortSignal.timeout(within);
      for (let round = 1; ; round += 1) {
        const entity = await find(operation.id, abortSignal);
        const stored = entity === null ? null : fromEntity(entity);
        if (stored !== null && !supersedes({ operation, delivery }, stored)) return stored;
        const createdDateTime = stored?.operation.createdDateTime ?? operation.createdDateTime;
        const next: StoredOperation = { operation: { ...operation, createdDateTime }, delivery };
        try {
          await write(await table(), next, entity?.etag, abortSignal);
          return next;
        } catch (thrown) {
          const lostRace = hasStatus(thrown, 409) || hasStatus(thrown, 412);
          if (!lostRace || round === mostRounds) throw thrown;
        }
      }
    },
  };
}

function supersedes(next: StoredOperation, stored: StoredOperation): boolean {
  if (next.delivery !== stored.delivery) return next.delivery > stored.delivery;
  if (isFinal(stored.operation)) return false;
  return stored.operation.status === 'notStarted' || next.operation.status !== 'notStarted';
}

async function write(
  table: TableClient,
  next: StoredOperation,
  etag: string | undefined,
  abortSignal: AbortSignal,
): Promise<void> {
  const entity = toEntity(next);
  if (etag !== undefined) {
    await table.updateEntity(entity, 'Replace', { etag, abortSignal });
    return;
  }
  try {
    await table.createEntity(entity, { abortSignal });
  } catch (thrown) {
    if (!hasCode(thrown, 'TableNotFound')) throw thrown;
    await table.createTable({ abortSignal });
    await table.createEntity(entity, { abortSignal });
  }
}

export async function connect(storage: StorageSetting, credentialFor: CredentialFor): Promise<TableClient> {
  const { TableClient: Table } = await import('@azure/data-tables');
  const options = {
    retryOptions: {
      maxRetries: storageRetries.tries - 1,
      retryDelayInMs: storageRetries.delay,
      maxRetryDelayInMs: storageRetries.longestDelay,
    },
  };
  if (storage.kind === 'identity')
    return new Table(storage.tableUrl, operationsTable, await credentialFor(storage), options);
  // Plain http exists in the emulator alone; the SDK asks to have it allowed in so many words.
  const allowInsecureConnection = /UseDevelopmentStorage=true|http:\/\/(?:127\.|localhost|\[::1\])/i.test(
    storage.connectionString,
  );
  return Table.fromConnectionString(storage.connectionString, operationsTable, {
    ...options,
    allowInsecureConnection,
  });
}
