import type { Delivery } from '../../queue/delivery.ts';
import type { StorageSetting } from '../../settings/storage-setting.ts';
import { type Clock, systemClock } from '../../shared/clock.ts';
import { within } from '../../shared/within.ts';
import { hasStatus } from '../../storage/bounds.ts';
import type { CredentialFor } from '../../storage/credential.ts';
import { operationsTable } from '../../storage/stores.ts';
import { createTable, type Table } from '../../storage/table.ts';
import { fromEntity, keysOf, toEntity } from './entity.ts';
import { mergeOperation, type StoredOperation } from './merge.ts';
import type { Operation } from './operation.ts';

export { operationsTable };

export interface Recorded {
  /** What the table shows after recording. */
  readonly operation: Operation;
  /** This delivery had already been recorded as succeeded. */
  readonly succeededBefore: boolean;
  /** What the table is known to hold, for the next write; null: it must be read. */
  readonly version: Version | null;
}

/** An entity as this process last read or wrote it. */
export interface Version {
  readonly stored: StoredOperation;
  readonly etag: string;
}

export interface Operations {
  /** Null: no such operation. Rejects if the table cannot be read. */
  readonly read: (operationId: string, within: number) => Promise<Operation | null>;
  /** True if the operation shows this delivery. */
  readonly isShown: (operationId: string, delivery: Delivery, within: number) => Promise<boolean>;
  /**
   * Records the current state of one delivery (see {@link mergeOperation}). `expected`: what the table probably
   * holds, null for nothing; a wrong guess only costs a request. If absent, the table is read first.
   */
  readonly record: (
    operation: Operation,
    delivery: Delivery,
    within: number,
    expected?: Version | null,
  ) => Promise<Recorded>;
  /** Records an operation unless there already is one. */
  readonly recordIfNone: (operation: Operation, within: number) => Promise<void>;
}

/** What is used of the table. */
export type OperationsTable = Pick<Table, 'read' | 'transact'>;

export function createOperations(storage: StorageSetting | null, credentialFor: CredentialFor): Operations {
  return createOperationsOn(createTable(operationsTable, storage, credentialFor), systemClock);
}

/** Two copies of a message may compete for an entity; every round of the race has a winner. */
const maxRounds = 10;

/**
 * The operations tell callers who poll what became of a creation. Only the queue holds work: an operation neither starts
 * nor stops any. Each write is conditional on what was read.
 */
export function createOperationsOn(table: OperationsTable, clock: Clock): Operations {
  async function record(
    next: StoredOperation,
    expected: Version | null | undefined,
    abortSignal: AbortSignal,
  ): Promise<Recorded> {
    for (let round = 1; ; round += 1) {
      const isGuess = round === 1 && expected !== undefined;
      const held = isGuess ? expected : await lookUp(next.operation.id, abortSignal);
      const { write: stored, succeededBefore } = mergeOperation(held?.stored ?? null, next);
      if (stored === null) {
        const shown = held?.stored.operation ?? next.operation;
        return { operation: shown, succeededBefore, version: held };
      }
      try {
        const etag = await write(stored, held?.etag, abortSignal);
        return {
          operation: stored.operation,
          succeededBefore,
          version: etag === null ? null : { stored, etag },
        };
      } catch (thrown) {
        const isGone = held !== null && hasStatus(thrown, 404);
        const lostRace = isGone || hasStatus(thrown, 409) || hasStatus(thrown, 412);
        if (!lostRace || round === maxRounds) throw thrown;
      }
    }
  }

  async function lookUp(operationId: string, abortSignal: AbortSignal): Promise<Version | null> {
    const { partitionKey, rowKey } = keysOf(operationId);
    const { entity } = await table.read(partitionKey, rowKey, abortSignal);
    return entity === null ? null : { stored: fromEntity(entity), etag: entity.etag };
  }

  async function write(next: StoredOperation, etag: string | undefined, abortSignal: AbortSignal) {
    const entity = toEntity(next);
    const action =
      etag === undefined
        ? ({ kind: 'insert', entity } as const)
        : ({ kind: 'replace', entity, etag } as const);
    const [written = null] = await table.transact([action], abortSignal);
    return written;
  }

  const bounded = <T>(milliseconds: number, work: (abortSignal: AbortSignal) => Promise<T>) =>
    within(milliseconds, work, clock);

  return {
    read: (operationId, milliseconds) =>
      bounded(
        milliseconds,
        async (abortSignal) => (await lookUp(operationId, abortSignal))?.stored.operation ?? null,
      ),
    isShown: (operationId, { id }, milliseconds) =>
      bounded(
        milliseconds,
        async (abortSignal) => (await lookUp(operationId, abortSignal))?.stored.delivery.id === id,
      ),
    record: (operation, delivery, milliseconds, expected) =>
      bounded(milliseconds, (abortSignal) => record({ operation, delivery }, expected, abortSignal)),
    recordIfNone: (operation, milliseconds) =>
      bounded(milliseconds, async (abortSignal) => {
        const stored = { operation, delivery: { id: '', queuedAt: '' } };
        try {
          await write(stored, undefined, abortSignal);
        } catch (thrown) {
          if (!hasStatus(thrown, 409)) throw thrown;
        }
      }),
  };
}
