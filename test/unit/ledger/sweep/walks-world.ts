import type { GraphAnswer } from '../../../../src/groups/graph-answer.ts';
import { headEntity } from '../../../../src/ledger/core/entity.ts';
import { type Head, newHead } from '../../../../src/ledger/core/head.ts';
import type { DelayedQueue } from '../../../../src/ledger/delayed-queue.ts';
import { createLedgerStore } from '../../../../src/ledger/ledger-store.ts';
import type { LedgerPorts } from '../../../../src/ledger/ports.ts';
import type { SweepMessage } from '../../../../src/ledger/sweep/sweep-message.ts';
import { createWalks, type Walks } from '../../../../src/ledger/sweep/walks.ts';
import type { Table } from '../../../../src/storage/table.ts';
import { newTrace } from '../../../../src/telemetry/trace-context.ts';
import { createManualClock, type ManualClock } from '../../../support/manual-clock.ts';
import { createMemoryTable } from '../../../support/memory-table.ts';

export const connectionId = 'contosohr';
const want = { kind: 'present', displayName: null, description: null } as const;

interface Waiting {
  readonly messageId: string;
  readonly message: SweepMessage;
  readonly visibleAt: number;
}

/** Walks of several instances over a ledger in memory, in virtual time. */
export interface WalksWorld {
  readonly clock: ManualClock;
  /** One more instance. */
  readonly start: () => Walks;
  readonly declare: (groupId: string, change?: Partial<Head>) => Promise<void>;
  /** Puts a record into the ledger that no release can read yet. */
  readonly declareLater: (groupId: string) => Promise<void>;
  readonly count: () => Promise<number>;
  /** Answers reads of Graph, and sees them. */
  read: (groupId: string) => Promise<GraphAnswer> | GraphAnswer;
  isAllowed: boolean;
  readonly waiting: Waiting[];
  /** Delivers all messages when they become visible, until none is left or the time is up. */
  readonly drain: (milliseconds?: number) => Promise<void>;
  /** How long each invocation has taken, in milliseconds. */
  readonly durations: number[];
  readonly metrics: { readonly name: string; readonly value: number; readonly dimensions: object }[];
  readonly events: string[];
  readonly lines: string[];
  /** Measures an invocation, as the host would make it. */
  readonly invoke: (invocation: Promise<void>) => Promise<void>;
}

export const present = (groupId: string): GraphAnswer => ({
  kind: 'ok',
  group: { id: groupId, displayName: null, description: null },
});

export async function createWalksWorld(patch: (table: Table) => Table = (table) => table) {
  const clock = createManualClock();
  const table = patch(createMemoryTable(clock.now));
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id${ids}`;
  };
  const store = createLedgerStore(table, clock, newId);
  const { signal } = new AbortController();
  const waiting: Waiting[] = [];
  const steps: DelayedQueue<SweepMessage> = {
    send: async (message, delay) => {
      const messageId = newId();
      waiting.push({ messageId, message, visibleAt: clock.now() + delay });
      return { messageId, popReceipt: '', insertedOn: 0 };
    },
    remove: async ({ messageId }) => {
      const at = waiting.findIndex((one) => one.messageId === messageId);
      if (at >= 0) waiting.splice(at, 1);
    },
  };
  const log = (_level: string, line: string) => void world.lines.push(line);
  const ports: LedgerPorts = {
    store,
    looks: {
      send: () => Promise.resolve({ messageId: '', popReceipt: '', insertedOn: 0 }),
      remove: () => Promise.resolve(),
    },
    graph: {
      write: () => Promise.reject(new Error('a walk writes nothing to Graph')),
      read: async (_connection, groupId) => world.read(groupId),
    },
    clock,
    context: {
      telemetry: {
        event: (name) => void world.events.push(name),
        metric: (name, value, dimensions) => void world.metrics.push({ name, value, dimensions }),
      },
      random: () => 0,
      newId,
      callTimeout: 20_000,
      giveUpAfter: 172_800_000,
    },
  };
  await store.noteConnection(connectionId, 1_000);

  const world: WalksWorld = {
    clock,
    start: () => createWalks(ports, steps, () => world.isAllowed),
    declare: async (groupId, change = {}) => {
      const head = { ...newHead(connectionId, groupId, newTrace()), want, seen: true, changedAt: 1 };
      await table.transact([{ kind: 'insert', entity: headEntity({ ...head, ...change }, 'nonce') }], signal);
    },
    declareLater: async (groupId) => {
      const entity = headEntity(newHead(connectionId, groupId, newTrace()), 'nonce');
      await table.transact([{ kind: 'insert', entity: { ...entity, format: 1_000 } }], signal);
    },
    count: async () => {
      let count = 0;
      for (const digit of '0123456789abcdef') {
        const range = { partitionKey: `${connectionId}-${digit}`, from: 'g.', before: 'g/', most: 100_000 };
        count += (await table.list(range, signal)).entities.length;
      }
      return count;
    },
    read: present,
    isAllowed: true,
    waiting,
    drain: async (milliseconds = 86_400_000) => {
      const walks = world.start();
      const end = clock.now() + milliseconds;
      let open = 0;
      while ((waiting.length > 0 || open > 0) && clock.now() < end) {
        const due = waiting.filter(({ visibleAt }) => visibleAt <= clock.now());
        for (const one of due) {
          waiting.splice(waiting.indexOf(one), 1);
          open += 1;
          const payload = Buffer.from(JSON.stringify(one.message));
          void world.invoke(walks.verify.step(payload, { log })).finally(() => {
            open -= 1;
          });
        }
        await clock.pass(open === 0 && due.length === 0 ? untilVisible() : 100);
      }
    },
    durations: [],
    metrics: [],
    events: [],
    lines: [],
    invoke: async (invocation) => {
      const startedAt = clock.monotonic();
      await invocation;
      world.durations.push(clock.monotonic() - startedAt);
    },
  };
  const untilVisible = () =>
    Math.max(100, Math.min(...waiting.map(({ visibleAt }) => visibleAt)) - clock.now());
  return world;
}
