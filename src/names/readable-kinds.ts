import type { NameKind } from '../groups/member-name.ts';
import type { Clock } from '../shared/clock.ts';
import { within } from '../shared/within.ts';
import { storageWithin } from '../storage/bounds.ts';
import type { Table } from '../storage/table.ts';

/**
 * The kinds of names by which this identity has found somebody: it may read that property, so an empty answer is true.
 * Kept in storage, so that a new instance need not find somebody first.
 */
export interface ReadableKinds {
  /** The identity by its present token; null: there is none. */
  readonly identity: () => Promise<string | null>;
  readonly has: (kind: NameKind) => Promise<boolean>;
  readonly note: (kind: NameKind) => Promise<void>;
}

const partitionKey = 'directory';

/**
 * `identity` names the app's identity with its permissions: another one, or the same with others, has to find somebody
 * first. It rejects if there is no token.
 */
export function createReadableKinds(
  table: Table,
  identity: () => Promise<string>,
  clock: Pick<Clock, 'after'>,
): ReadableKinds {
  const known = new Set<string>();
  const bounded = <T>(use: (signal: AbortSignal) => Promise<T>) => within(storageWithin.http, use, clock);
  return {
    identity: () => identity().catch(() => null),
    has: async (kind) => {
      const rowKey = `${await identity()}.${kind}`;
      if (known.has(rowKey)) return true;
      const { entity } = await bounded((signal) => table.read(partitionKey, rowKey, signal));
      if (entity !== null) known.add(rowKey);
      return entity !== null;
    },
    note: async (kind) => {
      // If writing fails, another instance finds out for itself.
      const rowKey = await identity().then(
        (name) => `${name}.${kind}`,
        () => null,
      );
      if (rowKey === null || known.has(rowKey)) return;
      known.add(rowKey);
      const note = { kind: 'upsert', entity: { partitionKey, rowKey } } as const;
      await bounded((signal) => table.transact([note], signal)).catch(() => undefined);
    },
  };
}
