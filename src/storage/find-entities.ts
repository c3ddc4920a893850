import type { StorageSetting } from '../settings/storage-setting.ts';
import { hasStatus } from './bounds.ts';
import { connectTable } from './connect-table.ts';
import type { CredentialFor } from './credential.ts';

export interface EntityQuery {
  /** OData. */
  readonly filter?: string;
  /** The properties to read; absent: all. */
  readonly select?: readonly string[];
  readonly most: number;
}

interface FoundEntities {
  readonly entities: readonly Readonly<Record<string, unknown>>[];
  /** False: there may be more, because of `most` or of the signal. */
  readonly isWhole: boolean;
}

/** Searches a whole table, for people who look into it. A table that does not exist is empty. */
export type FindEntities = (table: string, query: EntityQuery, signal: AbortSignal) => Promise<FoundEntities>;

const pageSize = 1_000;

/** Storage filters, but reads all entities for it: a large table takes a while, and the signal ends the search early. */
export function createFindEntities(storage: StorageSetting, credentialFor: CredentialFor): FindEntities {
  return async function findEntities(table, { filter, select, most }, abortSignal) {
    const client = await connectTable(storage, credentialFor, table);
    const queryOptions = {
      ...(filter === undefined ? {} : { filter }),
      ...(select === undefined ? {} : { select: [...select] }),
    };
    const entities: Record<string, unknown>[] = [];
    try {
      const pages = client
        .listEntities<Record<string, unknown>>({ queryOptions, abortSignal })
        .byPage({ maxPageSize: Math.min(pageSize, most) });
      for await (const page of pages) {
        entities.push(...page);
        const isLast = page.continuationToken === undefined;
        if (entities.length >= most)
          return { entities: entities.slice(0, most), isWhole: isLast && entities.length === most };
      }
      return { entities, isWhole: true };
    } catch (thrown) {
      if (hasStatus(thrown, 404)) return { entities, isWhole: true };
      if (abortSignal.aborted) return { entities, isWhole: false };
      throw thrown;
    }
  };
}
