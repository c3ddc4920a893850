import type { Clock } from '../shared/clock.ts';
import { within } from '../shared/within.ts';
import type { Table } from '../storage/table.ts';
import { toPage } from './core/entity.ts';
import type { Head } from './core/head.ts';
import { pageRow, pageRows, partitionOfGroup } from './core/keys.ts';
import type { Page } from './core/page.ts';
import type { LedgerState } from './core/state.ts';
import { isUnreadable, readEntity, type UnreadableRecord, unreadableRecord } from './unreadable-record.ts';

/**
 * The pages of a head. Null: they no longer match it, and it must be read again. They may still be newer than the head: only
 * a successful write, or rereading the head unchanged, proves that they match. Rejects with `record-unreadable` if one of
 * them cannot be read.
 */
export type ReadPages = (
  head: Head,
  pages: readonly number[],
  milliseconds: number,
) => Promise<LedgerState['pages'] | null>;

export function createReadPages(table: Table, clock: Clock): ReadPages {
  return async function readPages({ connectionId, groupId, pages: summaries }, pages, milliseconds) {
    const partitionKey = partitionOfGroup(connectionId, groupId);
    const stored = pages.filter((page) => (summaries[page]?.bytes ?? 0) > 0);
    const found = await within(
      milliseconds,
      async (signal) => {
        if (stored.length > 4) {
          const { entities } = await table.list({ partitionKey, ...pageRows(groupId) }, signal);
          return entities;
        }
        const readings = stored.map((page) => table.read(partitionKey, pageRow(groupId, page), signal));
        return (await Promise.all(readings)).flatMap(({ entity }) => (entity === null ? [] : [entity]));
      },
      clock,
    );
    const byRow = new Map(found.map((entity) => [entity.rowKey, entity]));
    const read = new Map<number, Page>();
    for (const page of pages) {
      const entity = byRow.get(pageRow(groupId, page));
      if (entity === undefined && stored.includes(page)) return null;
      const members: Page | UnreadableRecord = entity === undefined ? new Map() : readEntity(entity, toPage);
      if (isUnreadable(members)) throw unreadableRecord(members);
      read.set(page, members);
      // A page takes a millisecond or two, and there may be 64 of them.
      if (read.size % 8 === 0) await clock.turn();
    }
    return read;
  };
}
