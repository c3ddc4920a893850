import type { StoredEntity, TableAction } from '../../../src/shared/table-action.ts';
import { serviceError } from './service-error.ts';

/** Table storage: conditional writes by ETag, and transactions within one partition. */
export interface TableService {
  /** Null: no such entity. */
  readonly read: (table: string, partitionKey: string, rowKey: string) => StoredEntity | null;
  /** All of a partition with `from <= rowKey < before`, in order of their row keys. */
  readonly list: (table: string, partitionKey: string, from: string, before: string) => StoredEntity[];
  /** All of it or nothing; the new ETags in order, null for a deletion. */
  readonly transact: (table: string, actions: readonly TableAction[]) => (string | null)[];
}

/** Sees every change as it takes effect; `before` null: it was not there; `after` null: it has been deleted. */
export type OnTableChange = (table: string, before: StoredEntity | null, after: StoredEntity | null) => void;

/** Maximum number of entities in one transaction (learn.microsoft.com: performing entity group transactions). */
const maxActions = 100;

export function createTableService(onChange: OnTableChange): TableService {
  const tables = new Map<string, Map<string, StoredEntity>>();
  let versions = 0;

  const rowsOf = (table: string) => {
    let rows = tables.get(table);
    if (rows === undefined) {
      rows = new Map();
      tables.set(table, rows);
    }
    return rows;
  };
  const keysOf = (action: TableAction) => ('entity' in action ? action.entity : action);
  const keyOf = (partitionKey: string, rowKey: string) => `${partitionKey}\n${rowKey}`;

  function requireCondition(rows: ReadonlyMap<string, StoredEntity>, action: TableAction): void {
    const { partitionKey, rowKey } = keysOf(action);
    const held = rows.get(keyOf(partitionKey, rowKey));
    if (action.kind === 'upsert') return;
    if (action.kind === 'insert') {
      if (held !== undefined) throw serviceError(409, 'EntityAlreadyExists');
      return;
    }
    if (held === undefined) throw serviceError(404, 'ResourceNotFound');
    if (action.etag !== '*' && action.etag !== held.etag)
      throw serviceError(412, 'UpdateConditionNotSatisfied');
  }

  function requireOneChangeset(actions: readonly TableAction[]): void {
    const partitions = new Set(actions.map((action) => keysOf(action).partitionKey));
    const rows = new Set(actions.map((action) => keysOf(action).rowKey));
    if (actions.length === 0 || actions.length > maxActions || partitions.size > 1)
      throw serviceError(400, 'InvalidInput');
    if (rows.size < actions.length) throw serviceError(400, 'InvalidDuplicateRow');
  }

  return {
    read: (table, partitionKey, rowKey) => rowsOf(table).get(keyOf(partitionKey, rowKey)) ?? null,
    list: (table, partitionKey, from, before) =>
      [...rowsOf(table).values()]
        .filter((row) => row.partitionKey === partitionKey && row.rowKey >= from && row.rowKey < before)
        .sort((a, b) => (a.rowKey < b.rowKey ? -1 : 1)),
    transact: (table, actions) => {
      const rows = rowsOf(table);
      requireOneChangeset(actions);
      for (const action of actions) requireCondition(rows, action);
      return actions.map((action) => {
        const { partitionKey, rowKey } = keysOf(action);
        const key = keyOf(partitionKey, rowKey);
        const before = rows.get(key) ?? null;
        if (!('entity' in action)) {
          rows.delete(key);
          onChange(table, before, null);
          return null;
        }
        versions += 1;
        const after = { ...action.entity, etag: `W/"${versions}"` };
        rows.set(key, after);
        onChange(table, before, after);
        return after.etag;
      });
    },
  };
}
