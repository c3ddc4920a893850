import { describeError } from '../../problems/adapter-error.ts';
import { storageWithin } from '../../storage/bounds.ts';
import { withoutMembers } from '../core/drift.ts';
import { stateOf } from '../core/group-record.ts';
import { sumOf } from '../core/head.ts';
import { isLeased } from '../core/lease.ts';
import { dueAt, isResting } from '../core/progress.ts';
import { timing } from '../core/timing.ts';
import type { StoredHead } from '../ledger-store.ts';
import type { LedgerPorts } from '../ports.ts';
import type { Place } from './sweep-message.ts';
import type { Walk } from './sweeper.ts';
import { walkHeads } from './walk-heads.ts';

/** How far the pass has come. */
interface PassProgress {
  /** Null: the beginning. */
  readonly place: Place | null;
  /** Declared groups of the connections so far, and failed ones of the connection that it has come to. */
  readonly groups: number;
  readonly failed: number;
}

export const startOfPass: PassProgress = { place: null, groups: 0, failed: 0 };

/** Milliseconds by which an overdue look must have been lost: a purged queue, a restored account. */
const overdueAfter = 900_000;
/** Groups that are worked on at a time: forgetting one takes a request or two, and they may fall due by thousands. */
const inFlight = 20;
const within = storageWithin.queue;

/**
 * Handles what should not happen (lost looks) and forgets old groups. Counts the declared groups, of which a tenant may
 * have 100,000, and those that have failed. Does not call Graph.
 */
export function createHourlyPass(
  { store, looks, context }: Pick<LedgerPorts, 'store' | 'looks' | 'context'>,
  isAllowed: (connectionId: string) => boolean,
): Walk {
  return async function runHourlyPass(given, { isOver, log }) {
    const begun = given as PassProgress;
    let { place, groups, failed } = begun;
    for (const connectionId of await connectionsFrom(place)) {
      let woken = 0;
      const visit = async (stored: StoredHead, now: () => number) => {
        const { head } = stored;
        const isGone = head.want.kind === 'gone';
        if (!isGone) groups += 1;
        if (stateOf(head) === 'failed') failed += 1;
        try {
          if (isGone) await forget(stored, now());
          if (await wakeIfOverdue(stored, now())) woken += 1;
        } catch (thrown) {
          log('warn', `group ${head.groupId} of ${connectionId} is skipped: ${describeError(thrown)}`);
        }
      };
      const from = place ?? { connectionId, partition: 0, after: null };
      place = await walkHeads(store, from, { inFlight, visit, isOver, log });
      if (woken > 0)
        log('warn', `connection ${connectionId}: ${woken} groups were overdue; the work on them continues`);
      if (place !== null) return { kind: 'more', progress: { place, groups, failed }, delay: 0 };
      // Also when it is 0, or an alert could not tell that all is well from silence.
      if (isAllowed(connectionId))
        context.telemetry.metric('externalGroups.groups.failed', failed, { connectionId });
      failed = 0;
    }
    context.telemetry.metric('externalGroups.groups', groups, {});
    return { kind: 'done' };
  };

  /** In the order of their names, beginning with the one that the pass has come to. */
  async function connectionsFrom(place: Place | null): Promise<readonly string[]> {
    const first = place?.connectionId.toLowerCase() ?? '';
    const all = await store.listConnections(within);
    return all
      .filter((name) => name.toLowerCase() >= first)
      .sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  }

  async function wakeIfOverdue({ head }: StoredHead, now: number): Promise<boolean> {
    const { connectionId, groupId, look, changedAt } = head;
    const isOverdue = !isResting(head) && !isLeased(head, now) && dueAt(head) + overdueAfter < now;
    // The look of a connection that is not served any more would be a dead letter, every hour.
    if (!isOverdue || !isAllowed(connectionId) || changedAt + overdueAfter >= now) return false;
    await looks.send({ connectionId, groupId, look }, 0, within);
    return true;
  }

  /**
   * Remembered for 30 days; members that wait for it keep it longer. One by one: a transaction deletes whatever it finds
   * (the SDK passes no version along), and would take with it what has been declared meanwhile.
   */
  async function forget(stored: StoredHead, now: number): Promise<void> {
    const { head } = stored;
    const isKept = head.deletedAt + timing.remembered > now || !isResting(head) || sumOf(head, 'wanted') > 0;
    if (isKept) return;
    const emptied =
      sumOf(head, 'bytes') === 0
        ? stored
        : await store.write(stored, withoutMembers({ head, pages: new Map() }, now), within);
    if (emptied !== null) await store.forget(emptied, within);
  }
}
