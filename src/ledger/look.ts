import { describeError } from '../problems/adapter-error.ts';
import { storageWithin } from '../storage/bounds.ts';
import type { Log } from '../telemetry/telemetry.ts';
import { commit } from './commit.ts';
import { isLeased, lookDelayOf, withoutExpiredLease } from './core/lease.ts';
import { pagesDue, plan } from './core/plan.ts';
import { dueAt, isResting } from './core/progress.ts';
import { timing } from './core/timing.ts';
import type { LedgerPorts, LookMessage } from './ports.ts';
import { reportFailure } from './report.ts';
import { runRounds } from './rounds.ts';
import { isRecordUnreadable } from './unreadable-record.ts';

/** Works on a group for up to four minutes. Rejects if storage fails: the message is delivered again. */
export type Look = (message: LookMessage, options: { readonly log: Log }) => Promise<void>;

/**
 * Milliseconds that one look works on a group; another look, sent without delay, then takes over. It ends well before
 * host.json's `functionTimeout`, and is long because the host polls an idle queue only every 10 s: until it finds the
 * other look, nothing is done on the group.
 */
export const lookBudget = 240_000;
/** Milliseconds until the next look at a record that cannot be read. */
const unreadableAgainAfter = 900_000;
/** How often a look is postponed whose number the ledger does not know: after that its write can no longer take effect. */
const maxPostponements = Math.ceil(timing.landing / timing.lookAfter);

/**
 * How a look ends, depending on the ledger:
 *
 *     the record cannot be read            postponed: a later release may have written it
 *     its number is below the ledger's     another has replaced it: done
 *     above                                not recorded yet: postponed, and dropped once it can no longer be
 *     the group rests                      done
 *     another worker holds the lease       postponed until it ends
 *     nothing is due yet                   postponed until something is
 *     otherwise                            the next look is sent, the lease taken, the work done
 *
 * Postponed: the same number is sent again with a delay, then this message is completed.
 */
export function createLook(ports: LedgerPorts): Look {
  const { store, looks, clock, context } = ports;
  const within = storageWithin.queue;

  async function postpone(message: LookMessage, delay: number): Promise<void> {
    await looks.send(message, delay, within);
  }

  return async function look(message, { log }) {
    try {
      await lookAt(message, log);
    } catch (thrown) {
      if (!isRecordUnreadable(thrown)) throw thrown;
      log('error', describeError(thrown));
      const { connectionId, groupId, look: number } = message;
      await postpone({ connectionId, groupId, look: number }, unreadableAgainAfter);
    }
  };

  async function lookAt(message: LookMessage, log: Log): Promise<void> {
    const { connectionId, groupId, look: number, putOff: times = 0 } = message;
    const startedAt = clock.monotonic();
    for (;;) {
      if (clock.monotonic() - startedAt > lookBudget)
        throw new Error(`the pages of group ${groupId} of ${connectionId} do not match its head`);
      const { stored, now } = await store.readHead(connectionId, groupId, within);
      const known = stored?.head.look ?? 0;
      if (number < known) return;
      if (number > known || stored === null) {
        if (times < maxPostponements) await postpone({ ...message, putOff: times + 1 }, timing.lookAfter);
        return;
      }
      const { head } = stored;
      // The window of the calls starts at the time on which their marks are based.
      const [time, markedAt] = [now(), clock.monotonic()];
      if (isResting(head)) return;
      const plain = { connectionId, groupId, look: number };
      if (head.lease !== null && isLeased(head, time))
        return postpone(plain, Math.max(1_000, head.lease.until - time));
      const due = dueAt(head);
      if (due > time) return postpone(plain, due - time);

      const taken = withoutExpiredLease(head, time);
      if (taken.failed) {
        const failed = { head: taken, pages: new Map(), encoded: new Map() };
        const given = await commit(ports, stored, failed, { delay: 0, within: () => within });
        if (given === null) continue;
        reportFailure(given.written.head, context.telemetry, { source: 'queue', log });
        return;
      }
      const pages = await store.readPages(taken, pagesDue(taken, time), within);
      if (pages === null) continue;
      const owner = context.newId();
      const { state, calls } = plan({ head: taken, pages }, owner, time);
      const done = await commit(ports, stored, state, { delay: lookDelayOf(taken), within: () => within });
      if (done === null || done.look === null) continue;
      await runRounds(
        ports,
        { stored: done.written, pages: state.pages, calls, markedAt, owner, look: done.look, now },
        {
          source: 'queue',
          beginUntil: startedAt + lookBudget,
          endBy: Number.POSITIVE_INFINITY,
          storageWithin: () => within,
          log,
        },
      );
      return;
    }
  }
}
