import type { StoredEntity, TableAction } from '../../../src/shared/table-action.ts';
import { type Begin, type CallOptions, callOptions } from './ports.ts';
import { failing, serverBusy } from './service-error.ts';
import type { TableService } from './table-service.ts';

/** Tables as an instance calls them; `readAt`: the service's own time, as its `Date` header says. */
export interface TablePort {
  readonly read: (
    table: string,
    partitionKey: string,
    rowKey: string,
    options?: CallOptions,
  ) => Promise<{ readonly entity: StoredEntity | null; readonly readAt: number }>;
  /** All of a partition with `from <= rowKey < before`, in order of their row keys. */
  readonly list: (
    table: string,
    partitionKey: string,
    range: CallOptions & { readonly from: string; readonly before: string },
  ) => Promise<{ readonly entities: StoredEntity[]; readonly readAt: number }>;
  /** All of it or nothing; the new ETags in order, null for a deletion. */
  readonly transact: (
    table: string,
    actions: readonly TableAction[],
    options?: CallOptions,
  ) => Promise<(string | null)[]>;
}

export interface TableOptions {
  /** The service's time, as its `Date` header has it: whole seconds, rounded down. */
  readonly now: () => number;
  /** Whether a write that is answered with an error of the server was carried out. */
  readonly coin: () => boolean;
}

export function createTablePort(begin: Begin, tables: TableService, { now, coin }: TableOptions): TablePort {
  const call = <T>(label: () => string, perform: () => T, options?: CallOptions, isRead = false) =>
    begin<T>({
      service: 'table',
      label,
      perform,
      refuse: () => (isRead ? serverBusy() : failing(perform, coin)),
      isRead,
      ...callOptions(options),
    });

  return {
    read: (table, partitionKey, rowKey, options) =>
      call(
        () => `reads ${rowKey} of ${table}`,
        () => ({ entity: tables.read(table, partitionKey, rowKey), readAt: now() }),
        options,
        true,
      ),
    list: (table, partitionKey, { from, before, ...options }) =>
      call(
        () => `lists ${from} to ${before} of ${table}`,
        () => ({ entities: tables.list(table, partitionKey, from, before), readAt: now() }),
        options,
        true,
      ),
    transact: (table, actions, options) =>
      call(
        () => `writes to ${table}: ${actions.map(describeAction).join(', ')}`,
        () => tables.transact(table, actions),
        options,
      ),
  };
}

function describeAction(action: TableAction): string {
  if (action.kind === 'delete') return `delete ${action.rowKey}`;
  const { partitionKey, rowKey, etag, ...properties } = action.entity;
  const shown = Object.entries(properties).map(([name, value]) =>
    value instanceof Uint8Array ? `${name} ${value.byteLength} bytes` : `${name} ${String(value)}`,
  );
  return `${action.kind} ${rowKey} {${shown.join(', ')}}`;
}
