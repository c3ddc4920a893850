import { shareNext } from '../shared/share.ts';
import { storageWithin } from '../storage/bounds.ts';
import type { LedgerStore } from './ledger-store.ts';

/** Connections that are asked about at a time; beyond that, fewer attempts share a read. */
const maxQuestions = 100;

/**
 * True if the group was deleted here after this time and has not been declared again. The time is the queue's own
 * (milliseconds), as is that of the deletion; the queue tells whole seconds, and in the same second the deletion counts
 * as the later one.
 */
export type GroupIsGoneSince = (connectionId: string, groupId: string, queuedOn: number) => Promise<boolean>;

/**
 * Rejects if the ledger cannot be read. Queued creations ask this before each attempt, and most connections never have a
 * declared group: for those, one read of the connection's row serves all waiting attempts, instead of one read of a head
 * for each. That misses no deletion that reading the head would have found:
 *
 *     a deletion   notes the connection (`noteConnection`), then writes the head
 *     an attempt   begins, then reads whether the connection is noted
 *
 * A head that was written before the attempt started belongs to a connection noted before its row is read, because the
 * read never starts before the attempt ({@link shareNext}). A note is never removed, so it may be remembered; the absence
 * of one is true at that moment only, and is never remembered.
 */
export function createGroupIsGoneSince(store: Pick<LedgerStore, 'readHead' | 'isNoted'>): GroupIsGoneSince {
  const noted = new Set<string>();
  const questions = new Map<string, () => Promise<boolean>>();

  async function isNoted(connectionId: string): Promise<boolean> {
    const name = connectionId.toLowerCase();
    if (noted.has(name)) return true;
    let ask = questions.get(name);
    if (ask === undefined) {
      // Whoever still waits has its answer coming; the next ones share another reading.
      if (questions.size >= maxQuestions) questions.clear();
      ask = shareNext(() => store.isNoted(connectionId, storageWithin.queue));
      questions.set(name, ask);
    }
    if (!(await ask())) return false;
    noted.add(name);
    questions.delete(name);
    return true;
  }

  return async function groupIsGoneSince(connectionId, groupId, queuedOn) {
    if (!(await isNoted(connectionId))) return false;
    const { stored } = await store.readHead(connectionId, groupId, storageWithin.queue);
    if (stored === null || stored.head.want.kind !== 'gone') return false;
    return secondOf(stored.head.deletedAt) >= secondOf(queuedOn);
  };
}

function secondOf(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
