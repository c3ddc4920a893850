import { storageWithin } from '../../storage/bounds.ts';
import type { Log } from '../../telemetry/telemetry.ts';
import { headRow, partitionDigits, partitionOf } from '../core/keys.ts';
import type { LedgerStore, StoredHead } from '../ledger-store.ts';
import { describeUnreadable } from '../unreadable-record.ts';
import type { Place } from './sweep-message.ts';

interface WalkOptions {
  /** How many groups are visited at a time. */
  readonly inFlight: number;
  /** `now`: storage time. Must not reject. */
  readonly visit: (stored: StoredHead, now: () => number) => Promise<void>;
  readonly isOver: () => boolean;
  readonly log: Log;
}

const headsAtOnce = 500;

/**
 * Visits the groups of a connection from a place on, each of them once, until it is over. Resolves with the place where
 * the walk goes on; null: all have been visited. A record that cannot be read is named and passed over. Rejects if the
 * ledger cannot be read.
 */
export async function walkHeads(
  store: Pick<LedgerStore, 'listHeads'>,
  from: Place,
  { inFlight, visit, isOver, log }: WalkOptions,
): Promise<Place | null> {
  const heads = headsFrom(store, from, log);
  let place = from;
  const isWhole = await visitEach(
    () => heads.next(),
    inFlight,
    (head) => {
      place = head.place;
      return visit(head.stored, head.now);
    },
    isOver,
  );
  return isWhole ? null : place;
}

/**
 * Visits one after another, some at a time, until it is over or there are no more; true: all were visited. Otherwise
 * everything before the last one that was begun was visited too.
 */
export async function visitEach<T>(
  next: () => Promise<IteratorResult<T, unknown>> | IteratorResult<T, unknown>,
  inFlight: number,
  visit: (item: T) => Promise<void>,
  isOver: () => boolean,
): Promise<boolean> {
  let isWhole = false;
  let hasStopped = false;
  // Once over, over: a later item must not be visited where an earlier one was not.
  const mustStop = () => {
    hasStopped ||= isOver();
    return hasStopped;
  };
  const worker = async () => {
    while (!mustStop()) {
      const item = await next();
      if (item.done === true) {
        isWhole = true;
        return;
      }
      if (mustStop()) return;
      await visit(item.value);
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: inFlight }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return isWhole && !hasStopped;
}

interface HeadOnTheWay {
  readonly stored: StoredHead;
  readonly now: () => number;
  readonly place: Place;
}

async function* headsFrom(
  store: Pick<LedgerStore, 'listHeads'>,
  { connectionId, partition: first, after: begin }: Place,
  log: Log,
): AsyncGenerator<HeadOnTheWay, void> {
  for (const [partition, digit] of partitionDigits.entries()) {
    if (partition < first) continue;
    let after = partition === first ? begin : null;
    do {
      const options = { after, most: headsAtOnce };
      const list = await store.listHeads(partitionOf(connectionId, digit), options, storageWithin.queue);
      for (const record of list.unreadable) log('error', describeUnreadable(record));
      for (const stored of list.heads)
        yield {
          stored,
          now: list.now,
          place: { connectionId, partition, after: headRow(stored.head.groupId) },
        };
      after = list.last;
    } while (after !== null);
  }
}
