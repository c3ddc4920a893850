import type { NameKind } from '../groups/member-name.ts';
import { storageWithin } from '../storage/bounds.ts';
import type { Table } from '../storage/table.ts';

/**
 * The kinds of names by which this identity has found somebody: it may read that property, so an empty answer is true.
 * Kept in storage, so that a new instance need not find somebody first.
 */
export interface SightedKinds {
  readonly has: (kind: NameKind) => Promise<boolean>;
  readonly note: (kind: NameKind) => Promise<void>;
}

const partitionKey = 'directory';

/** `identity` names the app's identity; another one has other permissions. */
export function createSightedKinds(table: Table, identity: string): SightedKinds {
  const known = new Set<NameKind>();
  const rowOf = (kind: NameKind) => `${identity}.${kind}`;
  const bounded = () => AbortSignal.timeout(storageWithin.http);
  return {
    has: async (kind) => {
      if (known.has(kind)) return true;
      const { entity } = await table.read(partitionKey, rowOf(kind), bounded());
      if (entity !== null) known.add(kind);
      return entity !== null;
    },
    note: async (kind) => {
      if (known.has(kind)) return;
      known.add(kind);
      const entity = { partitionKey, rowKey: rowOf(kind) };
      // If it is not written down, another instance finds it out by itself.
      await table.transact([{ kind: 'upsert', entity }], bounded()).catch(() => undefined);
    },
  };
}
