import type { StoredEntity, TableAction, TableEntity } from '../../../src/shared/table-action.ts';
import type { Table } from '../../../src/storage/table.ts';

/** A table of one partition in memory, with the conditions of the real one. */
export function createMemoryTable(now: () => number) {
  const rows = new Map<string, StoredEntity>();
  let version = 0;

  function fail(statusCode: number): never {
    throw Object.assign(new Error(`status ${statusCode}`), { statusCode });
  }
  function put(entity: TableEntity): string {
    version += 1;
    const etag = `W/"${version}"`;
    rows.set(entity.rowKey, { ...entity, etag });
    return etag;
  }
  function apply(action: TableAction): string | null {
    const key = 'entity' in action ? action.entity.rowKey : action.rowKey;
    const held = rows.get(key);
    if (action.kind === 'insert' && held !== undefined) fail(409);
    if (action.kind === 'replace' && held === undefined) fail(404);
    if (action.kind === 'replace' && held?.etag !== action.etag) fail(412);
    if ('entity' in action) return put(action.entity);
    rows.delete(key);
    return null;
  }
  const table: Table = {
    read: async (_partition, rowKey) => ({ entity: rows.get(rowKey) ?? null, readAt: now() }),
    list: async ({ from, before }) => ({
      entities: [...rows.values()].filter(({ rowKey }) => rowKey >= from && rowKey < before),
      isLast: true,
      readAt: now(),
    }),
    transact: async (actions) => actions.map(apply),
    remove: async (_partition, rowKey) => void rows.delete(rowKey),
  };
  return table;
}
