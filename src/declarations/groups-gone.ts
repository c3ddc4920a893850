import { storageWithin } from '../storage/bounds.ts';
import type { LedgerStore } from './ledger-store.ts';

/** True where the group was deleted here after this time (ISO 8601) and has not been declared again. */
export type GroupIsGoneSince = (connectionId: string, groupId: string, time: string) => Promise<boolean>;

/** Rejects where the ledger cannot be read. */
export function createGroupIsGoneSince(store: Pick<LedgerStore, 'readHead'>): GroupIsGoneSince {
  return async function groupIsGoneSince(connectionId, groupId, time) {
    const { stored } = await store.readHead(connectionId, groupId, storageWithin.queue);
    if (stored === null || stored.head.want.kind !== 'gone') return false;
    return stored.head.deletedAt >= Date.parse(time);
  };
}
