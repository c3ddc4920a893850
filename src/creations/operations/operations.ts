import type { TableClient } from '@azure/data-tables';
import type { StorageSetting } from '../../settings/storage-setting.ts';
import { type Clock, systemClock } from '../../shared/clock.ts';
import { lazily } from '../../shared/lazily.ts';
import { within } from '../../shared/within.ts';
import { hasCode, hasStatus } from '../../storage/bounds.ts';
import type { CredentialFor } from '../../storage/credential.ts';
import { operationsTable } from '../../storage/stores.ts';
import { connectTable } from '../../storage/tables.ts';
import { fromEntity, keysOf, type StoredOperation, toEntity } from './entity.ts';
import { createLastWritten, type Written } from './last-written.ts';
import { isFinal, type Operation } from './operation.ts';

export { operationsTable };

/** What the table holds after recording. */
export interface Recorded extends StoredOperation {
  /** Whether that is something later, which was there already and stays. */
  readonly kept: boolean;
}

export interface Operations {
  /** Null: no such operation. Rejects where the table cannot be read. */
  readonly read: (operationId: string, within: number) => Promise<Operation | null>;
  /**
   * Records what is known now, unless the table already shows something later: a newer delivery, or the end of this
   * one. Gives back what the table holds afterwards.
   */
  readonly record: (operation: Operation, delivery: string, within: number) => Promise<Recorded>;
}

/** What is asked of the table, in the SDK's own shapes and errors. */
export type OperationsTable = Pick<
  TableClient,
  'getEntity' | 'createEntity' | 'updateEntity' | 'createTable'
>;

export function createOperations(storage: StorageSetting, credentialFor: CredentialFor): Operations {
  return createOperationsOn(
    lazily(() => connect(storage, credentialFor)),
    systemClock,
  );
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
 *
 * What is read may be spared where this process knows it, or where it can be expected that there is nothing: the
 * condition of the write then tells whether that was so, and it is read after all where it was not.
 */
export function createOperationsOn(table: () => Promise<OperationsTable>, clock: Clock): Operations {
  const lastWritten = createLastWritten();

  async function find(operationId: string, abortSignal: AbortSignal) {
    const { partitionKey, rowKey } = keysOf(operationId);
    const client = await table();
    try {
      const entity = await client.getEntity<Record<string, unknown>>(partitionKey, rowKey, { abortSignal });
      if (entity.rowKey !== rowKey)
        throw new Error('what answered in place of the table shows another entity');
      return entity;
    } catch (thrown) {
      if (hasStatus(thrown, 404)) return null;
      throw thrown;
    }
  }

  async function record(operation: Operation, delivery: string, abortSignal: AbortSignal): Promise<Recorded> {
    const next = { operation, delivery };
    for (let round = 1; ; round += 1) {
      const known = round === 1 ? expected(next, lastWritten.get(operation.id)) : undefined;
      const held = known === undefined ? await lookUp(operation.id, abortSignal) : known;
      if (held !== null && !supersedes(next, held.stored)) return { ...held.stored, kept: true };
      const createdDateTime = held?.stored.operation.createdDateTime ?? operation.createdDateTime;
      const stored: StoredOperation = { operation: { ...operation, createdDateTime }, delivery };
      lastWritten.forget(operation.id);
      try {
        const etag = await write(await table(), stored, held?.etag, abortSignal);
        if (!isFinal(operation) && etag !== undefined) lastWritten.set(operation.id, { stored, etag });
        return { ...stored, kept: false };
      } catch (thrown) {
        const isGone = held !== null && hasStatus(thrown, 404);
        const lostRace = isGone || hasStatus(thrown, 409) || hasStatus(thrown, 412);
        if (!lostRace || round === mostRounds) throw thrown;
      }
    }
  }

  async function lookUp(operationId: string, abortSignal: AbortSignal): Promise<Written | null> {
    const entity = await find(operationId, abortSignal);
    return entity === null ? null : { stored: fromEntity(entity), etag: entity.etag };
  }

  return {
    read: async (operationId, milliseconds) => {
      const entity = await within(milliseconds, (abortSignal) => find(operationId, abortSignal), clock);
      return entity === null ? null : fromEntity(entity).operation;
    },
    record: (operation, delivery, milliseconds) =>
      within(milliseconds, (abortSignal) => record(operation, delivery, abortSignal), clock),
  };
}

/**
 * What the table can be expected to hold; undefined: it must be asked. A creation that is being kept, and what comes of
 * the first attempt at what a producer queued, are as a rule the first that is written of their operation.
 */
function expected(next: StoredOperation, written: Written | undefined): Written | null | undefined {
  if (written !== undefined) return supersedes(next, written.stored) ? written : undefined;
  const { status, reason, attempts } = next.operation;
  const isFirst = status === 'notStarted' || (status !== 'failed' && reason === 'queued' && attempts <= 1);
  return isFirst ? null : undefined;
}

function supersedes(next: StoredOperation, stored: StoredOperation): boolean {
  if (next.delivery !== stored.delivery) return next.delivery > stored.delivery;
  if (isFinal(stored.operation)) return false;
  return stored.operation.status === 'notStarted' || next.operation.status !== 'notStarted';
}

async function write(
  table: OperationsTable,
  next: StoredOperation,
  etag: string | undefined,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  const entity = toEntity(next);
  if (etag !== undefined) return (await table.updateEntity(entity, 'Replace', { etag, abortSignal })).etag;
  try {
    return (await table.createEntity(entity, { abortSignal })).etag;
  } catch (thrown) {
    if (!hasCode(thrown, 'TableNotFound')) throw thrown;
    await table.createTable({ abortSignal });
    return (await table.createEntity(entity, { abortSignal })).etag;
  }
}

export function connect(storage: StorageSetting, credentialFor: CredentialFor): Promise<TableClient> {
  return connectTable(storage, credentialFor, operationsTable);
}
