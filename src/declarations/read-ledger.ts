import type { LedgerState } from '../ledger/draft.ts';
import type { MemberRecord } from '../ledger/group-record.ts';
import type { Head } from '../ledger/head.ts';
import { partitionDigits, partitionOf } from '../ledger/keys.ts';
import { toGroupRecord, toMemberRecord } from '../ledger/to-record.ts';
import { storageWithin } from '../storage/bounds.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { LedgerReader } from './declaration.ts';
import type { LedgerStore } from './ledger-store.ts';

/** Maximum entries of a page; pages may be shorter, even empty. */
const maxEntries = 1_000;

type Store = Pick<LedgerStore, 'readHead' | 'readPages' | 'listHeads'>;

/** Reads the ledger. Nothing is locked: each page of a list is consistent as of the moment it was read. */
export function createLedgerReader(store: Store): LedgerReader {
  const within = storageWithin.http;

  return {
    readGroup: async (connectionId, groupId) => {
      const { stored } = await store.readHead(connectionId, groupId, within);
      return stored === null ? null : toGroupRecord(stored.head);
    },

    listMembers: async (connectionId, groupId, { state, cursor }) => {
      const from = readCursor('members', cursor, isMemberPlace);
      const { stored } = await store.readHead(connectionId, groupId, within);
      if (stored === null) return null;
      const { head } = stored;
      const { groupId: recorded } = head;
      const [page, skipped] = from === null ? [0, 0] : resumed(head, from);
      if (page >= head.pages.length) return { groupId: recorded, entries: [] };
      const pages = await store.readPages(head, [page], within);
      // The group changed at this very moment: read the same position again.
      if (pages === null) {
        const samePlace = writeCursor('members', [head.bits, page, skipped]);
        return { groupId: recorded, entries: [], next: samePlace };
      }
      const members = recordsOf(head, pages.get(page)).slice(skipped);
      const entries = members.slice(0, maxEntries);
      const isMore = members.length > entries.length;
      const next = isMore ? [head.bits, page, skipped + entries.length] : [head.bits, page + 1, 0];
      const shown = entries.filter((entry) => state === undefined || entry.state === state);
      const isLast = !isMore && page + 1 >= head.pages.length;
      return { groupId: recorded, entries: shown, ...(isLast ? {} : { next: writeCursor('members', next) }) };
    },

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

/** The number of pages may have grown since the cursor was issued: some members then appear twice, none is left out. */
function resumed(head: Head, [bits, page, skipped]: MemberPlace): readonly [number, number] {
  if (bits === head.bits) return [page, skipped];
  return [bits < head.bits ? page << (head.bits - bits) : page >> (bits - head.bits), 0];
}

/** In an order that does not depend on changes to the members. */
function recordsOf(head: Head, page: ReturnType<LedgerState['pages']['get']>): MemberRecord[] {
  const sorted = [...(page ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.flatMap(([, member]) => toMemberRecord(head, member) ?? []);
}

type MemberPlace = readonly [bits: number, page: number, skipped: number];
type GroupPlace = readonly [partition: number, after: string];

function isMemberPlace(place: readonly unknown[]): place is MemberPlace {
  const [bits, page] = place.map(Number);
  const isPage = bits !== undefined && page !== undefined && bits <= 6 && page < 2 ** bits;
  return place.length === 3 && place.every(isCount) && isPage;
}

function isGroupPlace(place: readonly unknown[]): place is GroupPlace {
  const [partition, after] = place;
  const isRow = after === '' || (typeof after === 'string' && /^g\.[a-z0-9_-]{1,128}$/.test(after));
  return place.length === 2 && isCount(partition) && isRow;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
