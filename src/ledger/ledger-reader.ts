import { storageWithin } from '../storage/bounds.ts';
import type { GroupRecord, RecordState } from './core/group-record.ts';
import { toGroupRecord } from './core/group-record.ts';
import { partitionDigits, partitionOf } from './core/keys.ts';
import type { LedgerStore } from './ledger-store.ts';
import { createListMembers, type ListMembers } from './list-members.ts';
import { type Page, readCursor, writeCursor } from './paging.ts';

/** Maximum entries of a page; pages may be shorter, even empty. */
const maxEntries = 1_000;

/** Reads the ledger; each rejects if it cannot be read. An invalid cursor is an AdapterError `validation-failed`. */
export interface LedgerReader {
  /** Null: never declared here. */
  readonly readGroup: (connectionId: string, groupId: string) => Promise<GroupRecord | null>;
  readonly listMembers: ListMembers;
  readonly listGroups: (
    connectionId: string,
    options: { readonly state?: RecordState | 'deleted'; readonly cursor?: string },
  ) => Promise<Page<GroupRecord>>;
}

type Store = Pick<LedgerStore, 'readHead' | 'readPages' | 'listHeads'>;

/** Reads the ledger. Nothing is locked: each page of a list is consistent as of the moment it was read. */
export function createLedgerReader(store: Store): LedgerReader {
  const within = storageWithin.http;

  return {
    readGroup: async (connectionId, groupId) => {
      const { stored } = await store.readHead(connectionId, groupId, within);
      return stored === null ? null : toGroupRecord(stored.head);
    },

    listMembers: createListMembers(store),

    listGroups: async (connectionId, { state, cursor }) => {
      const [partition, after] = readCursor('groups', cursor, isGroupPlace) ?? [0, ''];
      const digit = partitionDigits[partition];
      if (digit === undefined) return { entries: [] };
      const name = partitionOf(connectionId, digit);
      const options = { after: after === '' ? null : after, most: maxEntries };
      const { heads, last } = await store.listHeads(
        name,
        state === undefined ? options : { ...options, state },
        within,
      );
      const next = last === null ? [partition + 1, ''] : [partition, last];
      const isLast = last === null && partition + 1 >= partitionDigits.length;
      return {
        entries: heads.map(({ head }) => toGroupRecord(head)),
        ...(isLast ? {} : { next: writeCursor('groups', next) }),
      };
    },
  };
}

type GroupPlace = readonly [partition: number, after: string];

function isGroupPlace(place: readonly unknown[]): place is GroupPlace {
  const [partition, after] = place;
  const isRow = after === '' || (typeof after === 'string' && /^g\.[a-z0-9_-]{1,128}$/.test(after));
  return place.length === 2 && isCount(partition) && isRow;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
