import { storageWithin } from '../storage/bounds.ts';
import type { MemberRecord, RecordState } from './core/group-record.ts';
import { toMemberRecord } from './core/group-record.ts';
import type { Head } from './core/head.ts';
import { type Page, pageAt, placeOf, placeOfPage, places } from './core/page.ts';
import type { LedgerStore } from './ledger-store.ts';
import { type Page as ListPage, readCursor, writeCursor } from './paging.ts';

/** Members of a group, which goes by the spelling of its first declaration. */
export interface MemberPage extends ListPage<MemberRecord> {
  readonly groupId: string;
}

/** Null: the group was never declared here. */
export type ListMembers = (
  connectionId: string,
  groupId: string,
  options: { readonly state?: RecordState; readonly cursor?: string },
) => Promise<MemberPage | null>;

/** Maximum entries of a page; pages may be shorter, even empty. */
const maxEntries = 1_000;
const within = storageWithin.http;

/**
 * Lists members in the order of the hash of their ids, in which a member's position does not depend on the others: a
 * member that stays in the group is listed exactly once, whatever is added, removed or split over more pages meanwhile.
 */
export function createListMembers(store: Pick<LedgerStore, 'readHead' | 'readPages'>): ListMembers {
  return async function listMembers(connectionId, groupId, { state, cursor }) {
    const [from] = readCursor('members', cursor, isPlace) ?? [0];
    const { stored } = await store.readHead(connectionId, groupId, within);
    if (stored === null) return null;
    const { head } = stored;
    const index = pageAt(from, head.bits);
    const pages = await store.readPages(head, [index], within);
    const page = pages?.get(index);
    // If the pages were split meanwhile, this one may hold only part of its former members: read the same position again.
    const isWhole = page !== undefined && (await hasStill(head.bits));
    const { entries, next } = isWhole ? entriesOf(page, from) : { entries: [], next: from };
    return {
      groupId: head.groupId,
      entries: entries.filter((entry) => state === undefined || entry.state === state),
      ...(next === places ? {} : { next: writeCursor('members', [next]) }),
    };

    async function hasStill(bits: number): Promise<boolean> {
      return (await store.readHead(connectionId, groupId, within)).stored?.head.bits === bits;
    }

    function entriesOf(held: Page, start: number): { entries: MemberRecord[]; next: number } {
      const placed = recordsOf(head, held).filter(({ place }) => place >= start);
      const end = placeOfPage(index + 1, head.bits);
      const nextPlace = placed[maxEntries]?.place ?? end;
      const shown = placed.filter(({ place }) => place < nextPlace).sort((a, b) => (a.key < b.key ? -1 : 1));
      return { entries: shown.map(({ entry }) => entry), next: nextPlace };
    }
  };
}

/** In the order of their positions. */
function recordsOf(head: Head, page: Page): { place: number; key: string; entry: MemberRecord }[] {
  const records = [...page].flatMap(([key, member]) => {
    const entry = toMemberRecord(head, member);
    return entry === null ? [] : [{ place: placeOf(key), key, entry }];
  });
  return records.sort((a, b) => a.place - b.place);
}

function isPlace(place: readonly unknown[]): place is readonly [number] {
  const [at] = place;
  return place.length === 1 && typeof at === 'number' && Number.isInteger(at) && at >= 0 && at < places;
}
