import { storageWithin } from '../storage/bounds.ts';
import type { Log } from '../telemetry/log.ts';
import { sumOf } from './core/head.ts';
import { partitionDigits, partitionOf } from './core/keys.ts';
import { isLeased } from './core/lease.ts';
import { dueAt, isResting } from './core/progress.ts';
import { withoutMembers } from './core/repair.ts';
import { timing } from './core/timing.ts';
import type { LedgerStore, StoredHead } from './ledger-store.ts';
import type { DeclarationPorts } from './ports.ts';

/**
 * Handles what should not happen (lost looks) and forgets old groups. Counts the declared groups, of which a tenant may
 * have 100,000. Does not call Graph.
 */
export type HourlyPass = (options: { readonly log: Log }) => Promise<void>;

/** Milliseconds by which an overdue look must have been lost: a purged queue, a restored account. */
const overdueAfter = 900_000;
const headsAtOnce = 500;
const within = storageWithin.queue;

export function createHourlyPass(
  { store, looks, conduct }: Pick<DeclarationPorts, 'store' | 'looks' | 'conduct'>,
  isAllowed: (connectionId: string) => boolean,
): HourlyPass {
  return async function hourlyPass({ log }) {
    let groups = 0;
    for (const connectionId of await store.listConnections(within))
      for (const digit of partitionDigits) {
        const partition = partitionOf(connectionId, digit);
        let woken = 0;
        for await (const [stored, now] of headsOf(store, partition)) {
          const { head } = stored;
          if (head.want.kind === 'gone') await forget(stored, now);
          else groups += 1;
          const isOverdue = !isResting(head) && !isLeased(head, now) && dueAt(head) + overdueAfter < now;
          // The look of a connection that is not served any more would be a dead letter, every hour.
          if (!isOverdue || !isAllowed(head.connectionId) || head.changedAt + overdueAfter >= now) continue;
          await looks.send(
            { connectionId: head.connectionId, groupId: head.groupId, look: head.look },
            0,
            within,
          );
          woken += 1;
        }
        if (woken > 0)
          log('warn', `connection ${connectionId}: ${woken} groups were overdue and are looked at`);
      }
    conduct.telemetry.metric('externalGroups.groups', groups, {});
  };

  /** Remembered for 30 days; members that wait for it keep it longer. */
  async function forget(stored: StoredHead, now: number): Promise<void> {
    const { head } = stored;
    const isKept = head.deletedAt + timing.remembered > now || !isResting(head) || sumOf(head, 'wanted') > 0;
    if (head.want.kind !== 'gone' || isKept) return;
    const emptied =
      sumOf(head, 'bytes') === 0
        ? stored
        : await store.write(stored, withoutMembers({ head, pages: new Map() }, now), within);
    if (emptied !== null) await store.forget(emptied, within);
  }
}

/** All heads of a partition, with the storage time at which they were read. */
async function* headsOf(
  store: Pick<LedgerStore, 'listHeads'>,
  partition: string,
): AsyncGenerator<readonly [StoredHead, number]> {
  let after: string | null = null;
  do {
    const list: Awaited<ReturnType<LedgerStore['listHeads']>> = await store.listHeads(
      partition,
      { after, most: headsAtOnce },
      within,
    );
    const now = list.now();
    for (const stored of list.heads) yield [stored, now];
    after = list.last;
  } while (after !== null);
}
