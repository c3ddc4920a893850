import type { CanonicalId } from '../groups/connection-id.ts';
import type { Clock } from '../shared/clock.ts';
import { within } from '../shared/within.ts';
import type { Table } from '../storage/table.ts';
import { type ConnectionNotes, createConnectionNotes } from './connection-notes.ts';
import { toHead, transactionOf } from './core/entity.ts';
import type { Head } from './core/head.ts';
import { headRow, headRows, partitionOfGroup } from './core/keys.ts';
import type { SealedState } from './core/state.ts';
import { limits, timing } from './core/timing.ts';
import { createReadPages, type ReadPages } from './read-pages.ts';
import { createSweepRecords, type SweepRecords } from './sweep/sweep-record.ts';
import { isUnreadable, readEntity, type UnreadableRecord, unreadableRecord } from './unreadable-record.ts';

/** A head as it was read or written, with its version. */
export interface StoredHead {
  readonly head: Head;
  readonly etag: string;
}

export interface HeadReading {
  /** Null: never declared. */
  readonly stored: StoredHead | null;
  /** Storage time in milliseconds, never ahead of it: what the read said, and the monotonic time since. */
  readonly now: () => number;
}

interface HeadList {
  readonly heads: readonly StoredHead[];
  /** Passed over. */
  readonly unreadable: readonly UnreadableRecord[];
  /** Where the list continues; null: it is complete. */
  readonly last: string | null;
  /** Storage time, based on the read. */
  readonly now: () => number;
}

export interface LedgerStore extends ConnectionNotes, SweepRecords {
  /** The last argument of each is its time limit in milliseconds. Rejects with `record-unreadable` if a record cannot be read. */
  readonly readHead: (connectionId: string, groupId: string, milliseconds: number) => Promise<HeadReading>;
  readonly readPages: ReadPages;
  /**
   * Writes a state over what was read. Null: another writer was first, and this was not written. Rejects if it
   * is not known whether it was written: it may still be, within ten minutes. What is returned may be outdated as soon as
   * it is: the next write over it then finds that another writer was first.
   */
  readonly write: (
    before: StoredHead | null,
    after: SealedState,
    milliseconds: number,
  ) => Promise<StoredHead | null>;
  /** Forgets a group without pages. False: another writer was first. */
  readonly forget: (stored: StoredHead, milliseconds: number) => Promise<boolean>;
  /** Heads of one partition in the order of their ids, starting after `after`. */
  readonly listHeads: (
    partitionKey: string,
    options: { readonly after: string | null; readonly state?: string; readonly most: number },
    milliseconds: number,
  ) => Promise<HeadList>;
}

/** Milliseconds for finding out whether a write without a response was carried out. */
const secondLook = 1_000;

/** The version of a head that is known to have been written over: no write over it succeeds. */
const overwritten = `W/"datetime'1970-01-01T00%3A00%3A00.0000000Z'"`;

/**
 * The groups in storage; `newNonce` distinguishes this store's writes from all others, and `canonicalId` is the spelling of a
 * connection from now on, in whichever it was recorded.
 */
export function createLedgerStore(
  table: Table,
  clock: Clock,
  newNonce: () => string,
  canonicalId: CanonicalId = (connectionId) => connectionId,
): LedgerStore {
  const toStored = (head: Head, etag: string): StoredHead => ({
    head: { ...head, connectionId: canonicalId(head.connectionId) ?? head.connectionId },
    etag,
  });

  async function findHead(connectionId: string, groupId: string, milliseconds: number) {
    const partition = partitionOfGroup(connectionId, groupId);
    const reading = await within(
      milliseconds,
      (signal) => table.read(partition, headRow(groupId), signal),
      clock,
    );
    return { ...reading, receivedAt: clock.monotonic() };
  }

  async function readHead(connectionId: string, groupId: string, milliseconds: number): Promise<HeadReading> {
    const { entity, readAt, receivedAt } = await findHead(connectionId, groupId, milliseconds);
    const now = timeFrom(readAt, receivedAt);
    if (entity === null) return { stored: null, now };
    const read = readEntity(entity, toHead);
    if (isUnreadable(read)) throw unreadableRecord(read);
    return { stored: toStored(read.head, entity.etag), now };
  }

  const timeFrom = (readAt: number, receivedAt: number) => () =>
    Math.floor(readAt - timing.margin + clock.monotonic() - receivedAt);

  async function write(before: StoredHead | null, after: SealedState, milliseconds: number) {
    const nonce = newNonce();
    const head = { ...after.head, recent: [...after.head.recent, nonce].slice(-limits.recent) };
    try {
      const [etag] = await within(
        milliseconds,
        (signal) => table.transact(transactionOf(before, { ...after, head }, nonce), signal),
        clock,
      );
      if (typeof etag !== 'string') throw new Error('what answered in place of the table names no version');
      return { head, etag };
    } catch (thrown) {
      // It may have been carried out anyway: a retry by the SDK then finds the condition failed, and somebody else may
      // have written over it by now.
      const { entity } = await findHead(head.connectionId, head.groupId, secondLook);
      const found = entity === null ? null : readEntity(entity, toHead);
      if (entity !== null && found !== null && !isUnreadable(found)) {
        if (found.nonce === nonce) return { head, etag: entity.etag };
        if (found.head.recent.includes(nonce)) return { head, etag: overwritten };
      }
      if (isLostRace(thrown)) return null;
      throw thrown;
    }
  }

  return {
    ...createConnectionNotes(table, clock),
    ...createSweepRecords(table, clock, newNonce),
    readHead,
    readPages: createReadPages(table, clock),
    write,
    forget: async ({ head, etag }, milliseconds) => {
      const partitionKey = partitionOfGroup(head.connectionId, head.groupId);
      try {
        await within(
          milliseconds,
          (signal) => table.remove(partitionKey, headRow(head.groupId), etag, signal),
          clock,
        );
        return true;
      } catch (thrown) {
        if (isLostRace(thrown)) return false;
        throw thrown;
      }
    },
    listHeads: async (partitionKey, { after, state, most }, milliseconds) => {
      const from = after === null ? headRows.from : `${after}!`;
      const filter = state === undefined ? {} : { filter: `state eq '${state}'` };
      const { entities, isLast, readAt } = await within(
        milliseconds,
        (signal) => table.list({ partitionKey, from, before: headRows.before, most, ...filter }, signal),
        clock,
      );
      const now = timeFrom(readAt, clock.monotonic());
      const heads: StoredHead[] = [];
      const unreadable: UnreadableRecord[] = [];
      for (const entity of entities) {
        const read = readEntity(entity, toHead);
        if (isUnreadable(read)) unreadable.push(read);
        else heads.push(toStored(read.head, entity.etag));
      }
      return { heads, unreadable, last: isLast ? null : (entities.at(-1)?.rowKey ?? null), now };
    },
  };
}

/** 404: the head has been forgotten meanwhile. */
function isLostRace(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('statusCode' in thrown)) return false;
  return thrown.statusCode === 412 || thrown.statusCode === 409 || thrown.statusCode === 404;
}
