import { fromEntity } from '../../src/creations/operations/entity.ts';
import type { Operation } from '../../src/creations/operations/operation.ts';
import { toHead } from '../../src/ledger/core/entity.ts';
import type { GroupRecord } from '../../src/ledger/core/group-record.ts';
import { toGroupRecord } from '../../src/ledger/core/group-record.ts';
import { headRow, partitionOfGroup } from '../../src/ledger/core/keys.ts';
import { createFindEntities, type EntityQuery } from '../../src/storage/find-entities.ts';
import { ledgerTable, operationsTable } from '../../src/storage/stores.ts';
import type { GroupName } from '../groups/file/desired-group.ts';
import type { StorageTarget } from '../where/storage-target.ts';

interface OperationQuery {
  readonly state?: string | undefined;
  readonly connection?: string | undefined;
  readonly group?: string | undefined;
  /** ISO 8601: something happened to it then or later. */
  readonly since?: string | undefined;
}

/** What a search found; `isWhole` false: there is more than was read. */
export interface Found<T> {
  readonly found: readonly T[];
  readonly isWhole: boolean;
}

/** Searches what the adapter keeps in tables. */
export interface Search {
  readonly operations: (query: OperationQuery) => Promise<Found<Operation>>;
  /** Null: nothing is recorded. */
  readonly record: (name: GroupName) => Promise<GroupRecord | null>;
  /** Groups that the adapter is at work on, with the time of their next attempt. */
  readonly applying: () => Promise<Found<GroupRecord>>;
  /** Of each declared group its connection and its state, `deleted` among them. */
  readonly states: () => Promise<Found<{ readonly connectionId: string; readonly state: string }>>;
}

/** Entities that a command reads at most. */
const most = 200_000;
const heads = "RowKey ge 'g.' and RowKey lt 'g/'";

export function openSearch({ setting, credentialFor }: StorageTarget, interrupted: AbortSignal): Search {
  const findEntities = createFindEntities(setting, credentialFor);
  async function find<T>(
    table: string,
    query: Omit<EntityQuery, 'most'>,
    read: (entity: Readonly<Record<string, unknown>>) => T,
  ): Promise<Found<T>> {
    const { entities, isWhole } = await findEntities(table, { ...query, most }, interrupted);
    return { found: entities.flatMap((entity) => readable(() => read(entity))), isWhole };
  }
  const readRecord = (entity: Readonly<Record<string, unknown>>) => toGroupRecord(toHead(entity).head);

  return {
    operations: ({ state, connection, group, since }) => {
      const conditions = [
        // Whatever else the table holds is no operation.
        state === undefined ? "status ge 'a'" : equal('status', state),
        ...(connection === undefined ? [] : [equal('connectionId', connection)]),
        ...(group === undefined ? [] : [equal('groupId', group)]),
        ...(since === undefined ? [] : [`lastActionDateTime ge ${quote(since)}`]),
      ];
      return find(
        operationsTable,
        { filter: conditions.join(' and ') },
        (entity) => fromEntity(entity).operation,
      );
    },
    record: async ({ connectionId, id }) => {
      const row = equal('RowKey', headRow(id));
      const filter = `${equal('PartitionKey', partitionOfGroup(connectionId, id))} and ${row}`;
      return (await find(ledgerTable, { filter }, readRecord)).found[0] ?? null;
    },
    applying: () => find(ledgerTable, { filter: `${heads} and state eq 'applying'` }, readRecord),
    states: () =>
      find(ledgerTable, { filter: heads, select: ['partitionKey', 'state'] }, ({ partitionKey, state }) => ({
        // The partition is the connection and a digit.
        connectionId: String(partitionKey).slice(0, -2),
        state: String(state),
      })),
  };
}

/** What cannot be read is left out: a list must not end at it. */
function readable<T>(read: () => T): readonly T[] {
  try {
    return [read()];
  } catch {
    return [];
  }
}

function equal(name: string, text: string): string {
  return `${name} eq ${quote(text)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
