import type { Clock } from '../shared/clock.ts';
import { within } from '../shared/within.ts';
import type { Table } from '../storage/table.ts';

/** The connections that have declared groups. Notes are never removed. */
export interface ConnectionNotes {
  /** To be called before the first of its groups is written. */
  readonly noteConnection: (connectionId: string, milliseconds: number) => Promise<void>;
  /** False: none of its groups had been written when this was called. */
  readonly isNoted: (connectionId: string, milliseconds: number) => Promise<boolean>;
  readonly listConnections: (milliseconds: number) => Promise<readonly string[]>;
}

const partitionKey = 'connections';

export function createConnectionNotes(table: Table, clock: Clock): ConnectionNotes {
  return {
    noteConnection: async (connectionId, milliseconds) => {
      const entity = { partitionKey, rowKey: connectionId.toLowerCase(), connectionId };
      await within(milliseconds, (signal) => table.transact([{ kind: 'upsert', entity }], signal), clock);
    },
    isNoted: async (connectionId, milliseconds) => {
      const row = connectionId.toLowerCase();
      const { entity } = await within(milliseconds, (signal) => table.read(partitionKey, row, signal), clock);
      return entity !== null;
    },
    listConnections: async (milliseconds) => {
      const names: string[] = [];
      for (let from = '0'; ; ) {
        const range = { partitionKey, from, before: '{' };
        const { entities, isLast } = await within(milliseconds, (signal) => table.list(range, signal), clock);
        for (const { rowKey, connectionId } of entities)
          names.push(typeof connectionId === 'string' ? connectionId : rowKey);
        const last = entities.at(-1)?.rowKey;
        if (isLast || last === undefined) return names;
        from = `${last}!`;
      }
    },
  };
}
