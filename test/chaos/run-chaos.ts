import { createRandom } from '../../local/stack/random.ts';
import { type StackOptions, startStack } from '../../local/stack/stack.ts';
import { openStorage } from '../support/storage.ts';
import { type Audit, audit, violationsOf } from './audit.ts';
import { auditGroups, differingGroups, type GroupsAudit, groupViolationsOf } from './audit-groups.ts';
import { connectionsOf, expectedStates, isDeclaredGroup, makeChanges } from './changes.ts';
import { type Counts, startDeliveries } from './deliveries.ts';
import { faultyShare } from './faults.ts';
import { startKiller } from './killer.ts';
import { createOperator } from './operator.ts';
import { readLedger } from './read-ledger.ts';
import type { Creation } from './senders.ts';
import { settle } from './settle.ts';
import { createWrong404s } from './wrong-404s.ts';

export interface ChaosOptions {
  readonly creations: number;
  /** Changes of declared groups, half over HTTP, and the groups that they are about; the app has short times then. */
  readonly changes: number;
  readonly groups: number;
  /** Into so many parts the changes are divided: each is sent when most of the one before has been brought about. */
  readonly rounds: number;
  /** The share of Graph calls that fail, 0 to 1. */
  readonly faulty: number;
  /** Milliseconds that a host lives at the least and at the most before it is killed. */
  readonly killEvery: readonly [number, number];
  /** Hosts that are killed at the least, however soon all is done, and at the most, however long it takes. */
  readonly kills: readonly [number, number];
  /** Milliseconds after which the run is over, finished or not. */
  readonly within: number;
  readonly seed: number;
  /**
   * Senders wait while so many messages lie on the queue, on that of changes besides one look of each group: Azurite sorts
   * the whole queue for every read of it.
   */
  readonly backlog: number;
  readonly say: (line: string) => void;
  readonly stack?: StackOptions;
}

export interface ChaosReport extends Counts {
  readonly seconds: number;
  readonly kills: number;
  readonly graphCalls: number;
  readonly faults: Readonly<Record<string, number>>;
  /** Members that Graph took out of a group. */
  readonly membersRemoved: number;
  /** Groups about which Graph answered 404 for a moment although they were there. */
  readonly wrongly404: number;
  /** Messages that were in work at five kills, which the host gives up on: dead letters, redriven by hand. */
  readonly crashedAndRedriven: number;
  /** Groups whose work was given up after five kills, and retried as an operator would. */
  readonly givenUpAndRetried: number;
  readonly audit: Audit & GroupsAudit;
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
 * Creations and changes of declared groups come over HTTP and over the queues while Graph fails and the host is killed, until
 * every creation is settled and every change is taken in. Then Graph is well, the host lives, and all must come to rest:
 * Graph, the operations, the ledger and the queues are compared with what was sent.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, backlog, killEvery, within, say } = options;
  const [leastKills, maxKills] = options.kills;
  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  const random = createRandom(seed);
  const creations = makeCreations(options.creations, seed);
  const changes = makeChanges({ ...options, connections, random });
  const expected = expectedStates(changes);
  const stack = await startStack({
    ...options.stack,
    env: { ...impatience, ...options.stack?.env },
    graph: { connections, seed, logCapacity: 1_000 },
  });
  const over = new AbortController();
  try {
    const storage = openStorage(stack.azurite.connectionString);
    const wrong404s = createWrong404s(stack.graph, isDeclaredGroup, random);
    const setFaults = () => stack.graph.setFaults(faultyShare(options.faulty, Date.now()));
    setFaults();
    const killer = startKiller(stack, {
      every: killEvery,
      most: maxKills,
      random,
      onFailure: (reason) => over.abort(reason),
    });
    const deliveries = startDeliveries(
      { stack, storage },
      { creations, changes },
      {
        backlog: { creations: backlog, changes: backlog + options.groups },
        rounds: options.rounds,
        quiet: options.groups / 2,
        random,
        over,
      },
    );
    const settled = await settle(
      { stack, storage, operator: createOperator(stack), deliveries },
      {
        isOver: () => over.signal.aborted || elapsed() > within,
        mayCalm: () => killer.kills() >= leastKills,
        trouble: () => {
          // A date in Retry-After lies in the past after a while.
          setFaults();
          wrong404s.next();
        },
        calm: async () => {
          stack.graph.setFaults([]);
          await killer.stop();
        },
        creations,
        groups: expected,
        say: (line) =>
          say(`${String(Math.round(elapsed() / 1000)).padStart(4)} s  ${line}  kills ${killer.kills()}`),
      },
    );
    await killer.stop().catch(() => undefined);
    const broken = over.signal.aborted ? [`the run broke: ${String(over.signal.reason)}`] : [];
    const late = settled.isSettled || over.signal.aborted ? [] : [`not settled within ${within / 1000} s`];
    over.abort();
    const ledger = await readLedger(stack, connectionsOf(expected));
    const groups = await auditGroups(expected, { ledger, graph: stack.graph, storage });
    for (const line of differingGroups(expected, { ledger, graph: stack.graph })) say(line);
    const found = await audit(creations, stack.graph, storage);
    const { requests, byFault, writes } = stack.graph.counters();
    return {
      ...deliveries.counts,
      seconds: Math.round(elapsed() / 1000),
      kills: killer.kills(),
      graphCalls: requests,
      faults: byFault,
      membersRemoved: writes['remove-member'] ?? 0,
      wrongly404: wrong404s.hidden(),
      crashedAndRedriven: settled.redriven,
      givenUpAndRetried: settled.retried,
      audit: { ...found, ...groups },
      violations: [...broken, ...late, ...violationsOf(found), ...groupViolationsOf(groups)],
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
