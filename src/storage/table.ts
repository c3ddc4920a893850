import type { StorageSetting } from '../settings/storage-setting.ts';
import { lazily } from '../shared/lazily.ts';
import type { StoredEntity, TableAction } from '../shared/table-action.ts';
import { hasCode, hasStatus } from './bounds.ts';
import { connectTable } from './connect-table.ts';
import type { CredentialFor } from './credential.ts';
import { transact } from './transact.ts';

interface RowRange {
  readonly partitionKey: string;
  /** `from <= rowKey < before`. */
  readonly from: string;
  readonly before: string;
  /** OData, in addition to the range. */
  readonly filter?: string;
  /** Maximum number of entities, up to 1,000. */
  readonly most?: number;
}

/** One table of storage. Every member rejects if the table cannot be used, or if something else answers in its place. */
export interface Table {
  /** `readAt`: the service's own time in milliseconds, as its `Date` header says: whole seconds, rounded down. */
  readonly read: (
    partitionKey: string,
    rowKey: string,
    signal: AbortSignal,
  ) => Promise<{ readonly entity: StoredEntity | null; readonly readAt: number }>;
  /** In the order of their row keys; `isLast` false: there may be more after the last one returned. */
  readonly list: (
    range: RowRange,
    signal: AbortSignal,
  ) => Promise<{
    readonly entities: readonly StoredEntity[];
    readonly isLast: boolean;
    readonly readAt: number;
  }>;
  /** All or nothing, within one partition; returns the new ETags in order. Rejects with status 409 or 412 if a condition fails. */
  readonly transact: (
    actions: readonly TableAction[],
    signal: AbortSignal,
  ) => Promise<readonly (string | null)[]>;
  /** Deletes one entity of this version; the SDK's transactions delete unconditionally. */
  readonly remove: (partitionKey: string, rowKey: string, etag: string, signal: AbortSignal) => Promise<void>;
}

/** A missing table reads as empty, and is created by the first write that finds it missing. */
export function createTable(
  name: string,
  storage: StorageSetting | null,
  credentialFor: CredentialFor,
): Table {
  const table = lazily(() => connectTable(storage, credentialFor, name));
  return {
    read: async (partitionKey, rowKey, abortSignal) => {
      const client = await table();
      const date = dateOf();
      try {
        const found = await client.getEntity<Record<string, unknown>>(partitionKey, rowKey, {
          abortSignal,
          onResponse: date.take,
        });
        const entity = toStored(found);
        if (entity.rowKey !== rowKey || entity.partitionKey !== partitionKey)
          throw new Error('what answered in place of the table shows another entity');
        return { entity, readAt: date.read() };
      } catch (thrown) {
        if (!isMissing(thrown)) throw thrown;
        return { entity: null, readAt: date.read() };
      }
    },
    list: async ({ partitionKey, from, before, filter, most = 1_000 }, abortSignal) => {
      const client = await table();
      const date = dateOf();
      let isList = false;
      const onResponse = (response: Response) => {
        date.take(response);
        // The SDK takes a page from something in between for an empty list.
        const text = response.bodyAsText ?? '';
        isList = text.trimStart().startsWith('{') && text.includes('"value"');
      };
      const range = `PartitionKey eq '${partitionKey}' and RowKey ge '${from}' and RowKey lt '${before}'`;
      const queryOptions = { filter: filter === undefined ? range : `${range} and (${filter})` };
      const pages = client
        .listEntities<Record<string, unknown>>({ queryOptions, abortSignal, onResponse })
        .byPage({ maxPageSize: most });
      try {
        const entities: StoredEntity[] = [];
        for (;;) {
          const { value, done } = await pages.next();
          if (done === true) return { entities, isLast: true, readAt: date.read() };
          if (!isList) throw new Error('what answered in place of the table shows no list');
          for (const found of value) entities.push(toStored(found));
          const isLast = value.continuationToken === undefined;
          if (
            entities.some(
              (entity) =>
                entity.partitionKey !== partitionKey || entity.rowKey < from || entity.rowKey >= before,
            )
          )
            throw new Error('what answered in place of the table shows other entities');
          // With a filter the service answers with short pages, so that the last one may hold more than is asked for.
          if (isLast || entities.length >= most)
            return {
              entities: entities.slice(0, most),
              isLast: isLast && entities.length <= most,
              readAt: date.read(),
            };
        }
      } catch (thrown) {
        if (!isMissing(thrown)) throw thrown;
        return { entities: [], isLast: true, readAt: date.read() };
      }
    },
    transact: async (actions, abortSignal) => {
      const client = await table();
      const submit = () => transact(client, actions, abortSignal);
      try {
        return await submit();
      } catch (thrown) {
        if (!hasCode(thrown, 'TableNotFound')) throw thrown;
        await client.createTable({ abortSignal });
        return submit();
      }
    },
    remove: async (partitionKey, rowKey, etag, abortSignal) => {
      await transact(await table(), [{ kind: 'delete', partitionKey, rowKey, etag }], abortSignal);
    },
  };
}

/** Only storage itself says that something does not exist; any proxy can answer 404. */
function isMissing(thrown: unknown): boolean {
  return hasStatus(thrown, 404) && (hasCode(thrown, 'ResourceNotFound') || hasCode(thrown, 'TableNotFound'));
}

interface Response {
  readonly headers: { readonly get: (name: string) => string | undefined };
  readonly bodyAsText?: string | null;
}

/** The time in the last response. */
function dateOf() {
  let said: string | undefined;
  return {
    take: (response: Response) => {
      said = response.headers.get('date');
    },
    read: () => {
      const time = Date.parse(said ?? '');
      if (Number.isNaN(time)) throw new Error('what answered in place of the table tells no time');
      return time;
    },
  };
}

function toStored(found: { readonly [property: string]: unknown }): StoredEntity {
  const { partitionKey, rowKey, etag } = found;
  if (typeof partitionKey !== 'string' || typeof rowKey !== 'string' || typeof etag !== 'string')
    throw new Error('what answered in place of the table shows no entity');
  return { ...found, partitionKey, rowKey, etag };
}
