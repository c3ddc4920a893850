import { setTimeout as pause } from 'node:timers/promises';
import { createRandom } from '../../local/stack/random.ts';
import { type Stack, type StackOptions, startStack } from '../../local/stack/stack.ts';
import { openStorage } from '../support/storage.ts';
import { type Audit, audit, violationsOf } from './audit.ts';
import { faultyShare } from './faults.ts';
import { startKiller } from './killer.ts';
import { createOperator } from './operator.ts';
import { type Creation, httpSender, queueSender, type Sent, sendAll } from './senders.ts';

export interface ChaosOptions {
  readonly creations: number;
  /** The share of Graph calls that fail, 0 to 1. */
  readonly faulty: number;
  /** Milliseconds that a host lives at the least and at the most before it is killed. */
  readonly killEvery: readonly [number, number];
  /** Milliseconds after which the run is over, finished or not. */
  readonly within: number;
  readonly seed: number;
  /** Senders wait while so many messages lie on the queue: Azurite sorts the whole queue for every read of it. */
  readonly backlog: number;
  readonly say: (line: string) => void;
  readonly stack?: StackOptions;
}

export interface ChaosReport {
  readonly seconds: number;
  readonly kills: number;
  readonly http: Sent;
  readonly queue: Sent;
  readonly graphCalls: number;
  readonly faults: Readonly<Record<string, number>>;
  /** Messages that were in work at five kills, which the host gives up on: dead letters, redriven by hand. */
  readonly crashedAndRedriven: number;
  readonly audit: Audit;
  readonly violations: readonly string[];
}

/** Several, because a 429 holds back all calls of its connection for as long as Graph asks. */
const connections = Array.from({ length: 16 }, (_, index) => `contoso${index}`);

/** Azure hides a message of a killed host for ten minutes and polls every ten seconds; nobody can wait that long here. */
const impatience = {
  FUNCTIONS_HOST_QUEUE_LEASE: '4',
  AzureFunctionsJobHost__extensions__queues__visibilityTimeout: '00:00:01',
  AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '00:00:00.100',
  GRAPH_DEADLINE: 'PT1S',
};

/**
 * Creations come over HTTP and over the queue while Graph fails and the host is killed, until every one is settled; then Graph,
 * the operations and the queues are compared with what was sent.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { faulty, killEvery, within, seed, say } = options;
  const startedAt = performance.now();
  const random = createRandom(seed);
  const stack = await startStack({
    ...options.stack,
    env: { ...impatience, ...options.stack?.env },
    graph: { connections, seed, logCapacity: 1_000 },
  });
  const over = new AbortController();
  try {
    const storage = openStorage(stack.azurite.connectionString);
    const operator = createOperator(stack);
    const creations = makeCreations(options.creations, seed);
    const senders = { http: emptyTally(), queue: emptyTally() };
    stack.graph.setFaults(faultyShare(faulty, Date.now()));
    const killer = startKiller(stack, {
      every: killEvery,
      random,
      onFailure: (reason) => over.abort(reason),
    });
    let waiting = 0;
    const hasRoom = () => waiting < options.backlog;
    const half = Math.ceil(creations.length / 2);
    const sending = Promise.all([
      sendAll(creations.slice(0, half), {
        send: httpSender(stack),
        sent: senders.http,
        atOnce: 8,
        hasRoom,
        stop: over.signal,
      }),
      sendAll(creations.slice(half), {
        send: queueSender(stack),
        sent: senders.queue,
        atOnce: 4,
        hasRoom,
        stop: over.signal,
      }),
    ]);
    sending.catch((reason: unknown) => over.abort(reason));

    let crashed = 0;
    let settled = false;
    let saidAt = startedAt;
    while (!settled && !over.signal.aborted && performance.now() - startedAt < within) {
      await pause(500);
      // A date in Retry-After lies in the past after a while.
      stack.graph.setFaults(faultyShare(faulty, Date.now()));
      const accepted = senders.http.accepted + senders.queue.accepted;
      const poisoned = await storage.count('poison');
      waiting = (await storage.count('work')) + poisoned;
      // The timer would do it within a minute; a host that is being killed right now does not.
      if (poisoned > 0) await stack.runFunction('maintain-queues').catch(() => undefined);
      if (performance.now() - saidAt > 3_000) {
        saidAt = performance.now();
        say(
          progressLine(stack, { startedAt, accepted, all: creations.length, waiting, kills: killer.kills() }),
        );
      }
      if (accepted < creations.length) continue;
      const letters = (await storage.count('deadLetters')) > 0 ? await operator.deadLetters() : {};
      if (letters.crashed !== undefined) {
        await operator.redrive('crashed');
        crashed += letters.crashed;
      } else if (waiting === 0) {
        const { operationsOpen, operationsMissing } = await audit(creations, stack.graph, storage);
        settled = operationsOpen + operationsMissing === 0;
      }
    }
    await killer.stop().catch(() => undefined);
    const failure = over.signal.aborted ? [`the run broke: ${String(over.signal.reason)}`] : [];
    const timeout = settled || over.signal.aborted ? [] : [`not settled within ${within / 1000} s`];
    over.abort();
    const found = await audit(creations, stack.graph, storage);
    const { requests, byFault } = stack.graph.counters();
    return {
      seconds: Math.round((performance.now() - startedAt) / 1000),
      kills: killer.kills(),
      ...senders,
      graphCalls: requests,
      faults: byFault,
      crashedAndRedriven: crashed,
      audit: found,
      violations: [...failure, ...timeout, ...violationsOf(found)],
    };
  } finally {
    over.abort();
    await stack.close();
  }
}

function makeCreations(count: number, seed: number): Creation[] {
  return Array.from({ length: count }, (_, index) => ({
    connectionId: connections[index % connections.length] ?? 'contoso0',
    group: {
      id: `chaos${seed}x${index}`,
      displayName: `Team ${index} Łódź ☂`,
      description: index % 3 === 0 ? null : `What team ${index} is for`,
    },
  }));
}

function emptyTally(): Sent {
  return { accepted: 0, broken: 0, refused: {} };
}

function progressLine(
  stack: Stack,
  now: { startedAt: number; accepted: number; all: number; waiting: number; kills: number },
): string {
  const seconds = String(Math.round((performance.now() - now.startedAt) / 1000)).padStart(4);
  const { created, byFault } = stack.graph.counters();
  const faults = Object.values(byFault).reduce((sum, count) => sum + count, 0);
  return `${seconds} s  accepted ${now.accepted}/${now.all}  created ${created}  waiting ${now.waiting}  faults ${faults}  kills ${now.kills}`;
}
