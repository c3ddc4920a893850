import { setTimeout as pause } from 'node:timers/promises';
import type { Stack } from '../../local/stack/stack.ts';
import type { Storage } from '../support/storage.ts';
import { audit } from './audit.ts';
import { connectionsOf, type Expected } from './changes.ts';
import type { Deliveries } from './deliveries.ts';
import type { Operator } from './operator.ts';
import { type LedgerGroup, readLedger } from './read-ledger.ts';
import type { Creation } from './senders.ts';

export interface SettleOptions {
  readonly creations: readonly Creation[];
  readonly groups: readonly Expected[];
  readonly isOver: () => boolean;
  /** Called again and again while there is to be trouble. */
  readonly trouble: () => void;
  /** Whether there has been enough of it. */
  readonly mayCalm: () => boolean;
  /** Ends it; a host is running from then on. */
  readonly calm: () => Promise<void>;
  readonly say: (line: string) => void;
}

export interface Settled {
  readonly isSettled: boolean;
  /** Dead letters that were redriven, and groups that were retried. */
  readonly redriven: number;
  readonly retried: number;
}

/**
 * Waits until all is taken in and every creation is settled, then ends the trouble and waits until nothing is left on
 * any queue. Does meanwhile what timers and operators do.
 */
export async function settle(
  {
    stack,
    storage,
    operator,
    deliveries,
  }: {
    readonly stack: Stack;
    readonly storage: Storage;
    readonly operator: Operator;
    readonly deliveries: Deliveries;
  },
  { creations, groups, isOver, trouble, mayCalm, calm, say }: SettleOptions,
): Promise<Settled> {
  let redriven = 0;
  let retried = 0;
  let isCalm = false;
  let saidAt = 0;
  while (!isOver()) {
    await pause(500);
    if (!isCalm) trouble();
    const poisoned = {
      creations: await storage.count('poison'),
      changes: await storage.count('changesPoison'),
    };
    const waiting = {
      creations: (await storage.count('work')) + poisoned.creations,
      changes: (await storage.count('changes')) + poisoned.changes,
    };
    deliveries.note(waiting);
    // The timer would do it within a minute; a host that is being killed right now does not.
    if (poisoned.creations + poisoned.changes > 0)
      await stack.runFunction('maintain-queues').catch(() => undefined);
    if (performance.now() - saidAt > 3_000) {
      saidAt = performance.now();
      say(progressLine(stack, deliveries, waiting));
    }
    if (!deliveries.areDone()) continue;
    const letters = (await storage.count('deadLetters')) > 0 ? await operator.deadLetters() : {};
    if (letters.crashed !== undefined) {
      await operator.redrive('crashed');
      redriven += letters.crashed;
      continue;
    }
    if (waiting.creations > 0) continue;
    const { operationsOpen, operationsMissing } = await audit(creations, stack.graph, storage);
    if (operationsOpen + operationsMissing > 0) continue;
    if (!isCalm) {
      // What is left on the queue of changes then are looks, one of a group.
      if (!mayCalm() || waiting.changes > groups.length) continue;
      isCalm = true;
      await calm();
    } else if (waiting.changes === 0) {
      const givenUp = (await readLedger(stack, connectionsOf(groups))).filter(isGivenUp);
      if (givenUp.length === 0) return { isSettled: true, redriven, retried };
      for (const { connectionId, id } of givenUp)
        await storage.sendJson({ connectionId, groupId: id, retry: true }, 'changes');
      retried += givenUp.length;
    }
  }
  return { isSettled: false, redriven, retried };
}

/** After five crashes in a row, or for want of progress: what a retry is for. */
function isGivenUp({ error, state }: LedgerGroup): boolean {
  return state === 'failed' && error !== undefined && /:(crashed|gave-up)$/.test(error.type);
}

function progressLine(
  stack: Stack,
  { counts, count }: Deliveries,
  waiting: { readonly creations: number; readonly changes: number },
): string {
  const taken = Object.values(counts).reduce((sum, sent) => sum + sent.accepted + sent.waiting, 0);
  const { created, byFault } = stack.graph.counters();
  const faults = Object.values(byFault).reduce((sum, times) => sum + times, 0);
  return `taken in ${taken}/${count}  created ${created}  waiting ${waiting.creations} + ${waiting.changes}  faults ${faults}`;
}
