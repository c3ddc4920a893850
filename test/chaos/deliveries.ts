import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../../local/stack/random.ts';
import type { Stack } from '../../local/stack/stack.ts';
import type { Storage } from '../support/storage.ts';
import { httpChangeSender, queueChangeSender } from './change-senders.ts';
import { type GroupChange, repeatAndReorder } from './changes.ts';
import { type Creation, httpSender, queueSender, type Sender, type Sent, sendAll } from './senders.ts';

export interface Counts {
  readonly http: Sent;
  readonly queue: Sent;
  readonly changesOverHttp: Sent;
  readonly changesOverQueue: Sent;
}

/** Everything sent during a run, half of it over HTTP and half over the queues. */
export interface Deliveries {
  readonly counts: Counts;
  /** The total number. */
  readonly count: number;
  /** All have been accepted. */
  readonly areDone: () => boolean;
  /** The number of messages on the queues: senders wait while it exceeds the backlog. */
  readonly note: (waiting: { readonly creations: number; readonly changes: number }) => void;
}

export interface DeliveryOptions {
  readonly backlog: { readonly creations: number; readonly changes: number };
  /**
   * Changes are sent in so many rounds, each when no more than `quiet` messages of the one before are left on their queue:
   * what follows at once is often made part of the same write, and hardly a member would ever be removed.
   */
  readonly rounds: number;
  readonly quiet: number;
  readonly random: Random;
  readonly over: AbortController;
}

/** Changes are sent up to this many places from their position. */
const spread = 40;

/** Starts sending; an error in a sender ends the run. */
export function startDeliveries(
  { stack, storage }: { readonly stack: Stack; readonly storage: Storage },
  {
    creations,
    changes,
  }: { readonly creations: readonly Creation[]; readonly changes: readonly GroupChange[] },
  options: DeliveryOptions,
): Deliveries {
  const { backlog, quiet, random, over } = options;
  const counts = {
    http: emptyCounts(),
    queue: emptyCounts(),
    changesOverHttp: emptyCounts(),
    changesOverQueue: emptyCounts(),
  };
  let waiting = { creations: 0, changes: 0 };
  let areDone = false;
  let notes = 0;
  const half = Math.ceil(creations.length / 2);
  const rounds = inRounds(changes, options.rounds).map((round) =>
    repeatAndReorder(round, spread, random).map((change) => ({ change, overHttp: random() < 0.5 })),
  );
  const sendThese = <T>(
    all: readonly T[],
    send: Sender<T>,
    sent: Sent,
    atOnce: number,
    kind: keyof typeof backlog,
  ) => sendAll(all, { send, sent, atOnce, hasRoom: () => waiting[kind] < backlog[kind], stop: over.signal });
  async function sendRounds(): Promise<void> {
    for (const [index, round] of rounds.entries()) {
      if (index > 0) await untilQuiet();
      const via = (http: boolean) =>
        round.filter(({ overHttp }) => overHttp === http).map(({ change }) => change);
      await Promise.all([
        sendThese(via(true), httpChangeSender(stack), counts.changesOverHttp, 8, 'changes'),
        sendThese(via(false), queueChangeSender(storage), counts.changesOverQueue, 4, 'changes'),
      ]);
    }
  }
  /** What was counted while the last round was being sent says nothing of it. */
  async function untilQuiet(): Promise<void> {
    const before = notes + 1;
    while (!over.signal.aborted && (notes <= before || waiting.changes > quiet)) await pause(100);
  }
  Promise.all([
    sendThese(creations.slice(0, half), httpSender(stack), counts.http, 8, 'creations'),
    sendThese(creations.slice(half), queueSender(stack), counts.queue, 4, 'creations'),
    sendRounds(),
  ]).then(
    () => {
      areDone = true;
    },
    (reason: unknown) => over.abort(reason),
  );
  return {
    counts,
    count: creations.length + rounds.flat().length,
    areDone: () => areDone,
    note: (now) => {
      notes += 1;
      waiting = now;
    },
  };
}

function emptyCounts(): Sent {
  return { accepted: 0, waiting: 0, broken: 0, refused: {} };
}

function inRounds<T>(all: readonly T[], rounds: number): T[][] {
  const size = Math.ceil(all.length / rounds);
  return Array.from({ length: rounds }, (_, round) => all.slice(round * size, (round + 1) * size));
}
