import { TableClient } from '@azure/data-tables';
import { QueueServiceClient } from '@azure/storage-queue';
import { toHead } from '../../src/ledger/core/entity.ts';
import type { GroupRecord } from '../../src/ledger/core/group-record.ts';
import { toGroupRecord } from '../../src/ledger/core/group-record.ts';
import { headRows } from '../../src/ledger/core/keys.ts';
import { isUnreadable, readEntity } from '../../src/ledger/unreadable-record.ts';
import { queueNames } from '../../src/storage/queues.ts';
import { ledgerTable } from '../../src/storage/stores.ts';
import type { Watcher } from './watch-work.ts';

/** One watcher each for the queue of changes and for the records of declared groups. */
export function groupWatchers(storageConnectionString: string): readonly Watcher[] {
  // One quick try each: the next round comes anyway.
  const options = { retryOptions: { maxTries: 1, maxRetries: 0 }, allowInsecureConnection: true };
  const storage = QueueServiceClient.fromConnectionString(storageConnectionString, options);
  const changes = storage.getQueueClient(queueNames.changes);
  const table = TableClient.fromConnectionString(storageConnectionString, ledgerTable, options);
  let waiting = 0;
  let newest = new Date().toISOString();
  const shown = new Map<string, string>();

  return [
    async () => {
      const { approximateMessagesCount: now = 0 } = await changes.getProperties();
      if (now === waiting) return [];
      waiting = now;
      return [`changes      ${now === 0 ? 'queue empty' : `${now} waiting`}`];
    },
    async () => {
      const isHead = `RowKey ge '${headRows.from}' and RowKey lt '${headRows.before}'`;
      const filter = `${isHead} and Timestamp ge datetime'${newest}'`;
      const lines: string[] = [];
      for await (const entity of table.listEntities<Record<string, unknown>>({ queryOptions: { filter } })) {
        if (entity.timestamp !== undefined && entity.timestamp > newest) newest = entity.timestamp;
        const read = readEntity(entity, toHead);
        if (isUnreadable(read)) continue;
        const record = toGroupRecord(read.head);
        const line = describeRecord(record);
        const key = `${record.connectionId}/${record.id}`;
        if (shown.get(key) !== line) lines.push(`group        ${line}`);
        shown.set(key, line);
      }
      return lines;
    },
  ];
}

/** The state of a group; never its name, description or members. */
function describeRecord({ connectionId, id, state, deleted, members, error }: GroupRecord): string {
  const counts = Object.entries(members)
    .filter(([, count]) => count > 0)
    .map(([of, count]) => `${count} ${of}`);
  const parts = [
    ...(deleted ? ['deleted'] : []),
    counts.length === 0 ? 'no members' : `members ${counts.join(', ')}`,
  ];
  const why = error === undefined ? [] : [error.type.replace('urn:problem-type:', '')];
  return `${connectionId}/${id}  ${state}  (${[...parts, ...why].join('; ')})`;
}
