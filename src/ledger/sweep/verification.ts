import { describeError } from '../../problems/adapter-error.ts';
import { storageWithin } from '../../storage/bounds.ts';
import { timing } from '../core/timing.ts';
import type { LedgerStore, StoredHead } from '../ledger-store.ts';
import { isRecordUnreadable } from '../unreadable-record.ts';
import type { Place } from './sweep-message.ts';
import type { StepContext, StepEnd, Walk } from './sweeper.ts';
import type { VerifyGroup } from './verify-group.ts';
import { visitEach, walkHeads } from './walk-heads.ts';

/** A group that is read once more in this run. */
interface Left {
  readonly groupId: string;
  /** Storage time: not before this. */
  readonly due: number;
  /** The version of the head for which Graph has answered 404 once. */
  readonly missing?: string;
}

/** How far the verification of a connection has come. */
interface VerificationProgress {
  readonly connectionId: string;
  /** Null: all groups have been visited, and only what is left remains. */
  readonly place: Place | null;
  readonly left: readonly Left[];
  /** Steps in a row without a successful read. */
  readonly idle: number;
  /** Storage time of the last successful read; 0: none yet. */
  readonly shownAt: number;
}

/** Concurrent calls per connection, so that the verification leaves room for changes. */
const inFlight = 5;
/** Groups that are left for later, above which the walk waits for them: the record has to hold them. */
const maxLeft = 2_000;
/** Failed reads in a row after which Graph is left alone for a while. */
const maxUnread = 10;
/** Milliseconds until a group is read again after a failed read. */
const readAgain = 60_000;
const backoff = { first: 30_000, max: 900_000 } as const;
/** Milliseconds without a successful read after which a run is given up; the next one starts from the beginning. */
const giveUpAfter = 2 * 3_600_000;

export function startOfVerification(place: Place): VerificationProgress {
  return { connectionId: place.connectionId, place, left: [], idle: 0, shownAt: 0 };
}

/**
 * Reads the groups of a connection back. A group that Graph does not return is read again in the same run, after the wait
 * that Graph asks for. A group counts as missing after two 404s, two minutes apart.
 */
export function createVerification(
  store: Pick<LedgerStore, 'readHead' | 'listHeads'>,
  verifyGroup: VerifyGroup,
  isAllowed: (connectionId: string) => boolean,
): Walk {
  return async function verify(given, context): Promise<StepEnd> {
    const progress = given as VerificationProgress;
    const { connectionId } = progress;
    const { now, isOver, log } = context;
    if (!isAllowed(connectionId)) {
      log('warn', `connection ${connectionId} may not be written to, so it is not verified`);
      return { kind: 'done' };
    }
    const left = new Map(progress.left.map((one) => [one.groupId, one]));
    let [wait, shown, unread, unreadInRow] = [0, 0, 0, 0];
    const isStopped = () => isOver() || wait > 0 || unreadInRow >= maxUnread;

    function readLater(groupId: string, retryAfter: number | null): void {
      unread += 1;
      unreadInRow += 1;
      wait = Math.max(wait, retryAfter ?? 0);
      left.set(groupId, { groupId, due: now() + (retryAfter ?? readAgain) });
    }

    /** Storage may be back in time; a record that cannot be read stays so. */
    function passOver(groupId: string, thrown: unknown): void {
      const isLost = isRecordUnreadable(thrown);
      log(
        isLost ? 'error' : 'warn',
        `group ${groupId} of ${connectionId} not verified: ${describeError(thrown)}`,
      );
      if (isLost) left.delete(groupId);
      else readLater(groupId, null);
    }

    async function visit(stored: StoredHead, missing: string | null): Promise<void> {
      const { groupId } = stored.head;
      left.delete(groupId);
      try {
        const verified = await verifyGroup(stored, { missing, now, log });
        if (verified.kind === 'not-asked') return;
        if (verified.kind === 'unread') return readLater(groupId, verified.retryAfter);
        [shown, unreadInRow] = [shown + 1, 0];
        if (verified.kind === 'missing')
          left.set(groupId, { groupId, due: now() + timing.unsure, missing: stored.etag });
      } catch (thrown) {
        passOver(groupId, thrown);
      }
    }

    async function visitAgain({ groupId, missing }: Left): Promise<void> {
      try {
        const { stored } = await store.readHead(connectionId, groupId, storageWithin.queue);
        if (stored === null) left.delete(groupId);
        else await visit(stored, missing ?? null);
      } catch (thrown) {
        passOver(groupId, thrown);
      }
    }

    const due = [...left.values()].filter((one) => one.due <= now()).values();
    await visitEach(() => due.next(), inFlight, visitAgain, isStopped);
    const place =
      progress.place === null
        ? null
        : await walkHeads(store, progress.place, {
            inFlight,
            visit: (stored) => visit(stored, null),
            isOver: () => isStopped() || left.size >= maxLeft,
            log,
          });
    if (place === null && left.size === 0) return { kind: 'done' };

    const idle = shown > 0 ? 0 : progress.idle + (unread > 0 ? 1 : 0);
    const shownAt = shown > 0 || progress.shownAt === 0 ? now() : progress.shownAt;
    if (idle > 0 && now() - shownAt >= giveUpAfter) return giveUp(connectionId, place, left, context);
    const earliest = Math.min(...[...left.values()].map((one) => one.due)) - now();
    const isWalking = place !== null && left.size < maxLeft;
    const pause = idle === 0 ? 0 : Math.min(backoff.max, backoff.first * 2 ** Math.min(9, idle - 1));
    const delay = wait > 0 ? wait : Math.max(pause, isWalking ? 0 : Math.max(1_000, earliest));
    return {
      kind: 'more',
      progress: { connectionId, place, left: [...left.values()], idle, shownAt },
      delay,
    };
  };
}

function giveUp(
  connectionId: string,
  place: Place | null,
  left: ReadonlyMap<string, Left>,
  { log }: Pick<StepContext, 'log'>,
): StepEnd {
  const named = 10;
  const names = [...left.keys()].slice(0, named).join(', ');
  const others = left.size > named ? ` and ${left.size - named} more` : '';
  const rest = place === null ? '' : ', nor the groups after them';
  log('error', `verification of ${connectionId}: Graph did not show ${names}${others}${rest}`);
  return { kind: 'done' };
}
