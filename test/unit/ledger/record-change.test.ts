import { expect, it } from 'vitest';
import type { Change } from '../../../src/ledger/core/change.ts';
import { type Head, newHead } from '../../../src/ledger/core/head.ts';
import { record } from '../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../src/ledger/core/state.ts';
import { createLedgerStore } from '../../../src/ledger/ledger-store.ts';
import type { LedgerPorts, LookMessage } from '../../../src/ledger/ports.ts';
import { createRecordChange } from '../../../src/ledger/record-change.ts';
import type { Table } from '../../../src/storage/table.ts';
import { silentTelemetry } from '../../../src/telemetry/telemetry.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createMemoryTable } from './memory-table.ts';

const group = { connectionId: 'contosohr', groupId: 'night' };
const trace = newTrace();
const member = (n: number) => ({ type: 'user', id: `00000000-0000-4000-8000-00000000000${n}` }) as const;
const adding = (...numbers: readonly number[]): Change => ({
  ...group,
  kind: 'patch-members',
  add: numbers.map(member),
  remove: [],
});
const options = { source: 'http', patience: 10_000, trace, log: () => undefined } as const;

function start(tableOf: (table: Table) => Table = (table) => table) {
  const clock = createManualClock();
  const table = createMemoryTable(clock.now);
  let nonces = 0;
  const open = (over: Table) => createLedgerStore(over, clock, () => `nonce-${++nonces}`);
  const direct = open(table);
  const looks: { readonly message: LookMessage; readonly delay: number }[] = [];
  const ports: LedgerPorts = {
    store: open(tableOf(table)),
    looks: {
      send: async (message, delay) => {
        looks.push({ message, delay });
        return { messageId: 'm', popReceipt: 'p', insertedOn: clock.now() };
      },
      remove: () => Promise.resolve(),
    },
    graph: {
      write: () => Promise.reject(new Error('Graph is not called')),
      read: () => Promise.reject(new Error('Graph is not called')),
    },
    clock,
    context: {
      telemetry: silentTelemetry,
      random: () => 0,
      newId: () => 'this-worker',
      callTimeout: 1_000,
      giveUpAfter: 1e9,
    },
  };
  /** Writes a change as another instance does. */
  async function writeDirectly(change: Change, edit: (head: Head) => Head = (head) => head) {
    const { stored } = await direct.readHead(group.connectionId, group.groupId, 1_000);
    const head = stored?.head ?? newHead(group.connectionId, group.groupId, trace);
    const pages: LedgerState['pages'] | null = await direct.readPages(head, [0], 1_000);
    const recording = record({ head, pages: pages ?? new Map() }, change, clock.now());
    if (recording.kind !== 'changed') throw new Error('nothing was recorded');
    const { state } = recording;
    return direct.write(stored, { ...state, head: edit(state.head) }, 1_000);
  }
  return { clock, ports, looks, direct, writeDirectly };
}

it('a change is left to a look while another instance holds the lease', async () => {
  const { clock, ports, looks, direct, writeDirectly } = start();
  const until = clock.now() + 40_000;
  await writeDirectly(adding(1), (head) => ({ ...head, lease: { owner: 'other', until } }));
  const recorded = await createRecordChange(ports)(adding(2), options, 10_000);
  expect(recorded).toMatchObject({ kind: 'answered', result: { record: { state: 'applying' } } });
  expect(looks.map(({ delay }) => delay)).toEqual([expect.closeTo(40_000, -4)]);
  const { stored } = await direct.readHead(group.connectionId, group.groupId, 1_000);
  expect(stored?.head.lease).toEqual({ owner: 'other', until });
});

it('pages that are newer than their head decide nothing', async () => {
  const race = { isOver: true, run: async () => {} };
  const { ports, writeDirectly } = start((table) => ({
    ...table,
    read: async (partition, row, signal) => {
      // Another instance writes between the head and the pages.
      if (row.startsWith('m.') && !race.isOver) {
        race.isOver = true;
        await race.run();
      }
      return table.read(partition, row, signal);
    },
  }));
  await writeDirectly(adding(1));
  race.isOver = false;
  race.run = async () => void (await writeDirectly(adding(2)));
  const recorded = await createRecordChange(ports)(adding(2), options, 10_000);
  expect(recorded).toMatchObject({ kind: 'answered', result: { record: { members: { applying: 2 } } } });
});

const lossy = (table: Table): Table => ({
  ...table,
  transact: async (actions, signal) => {
    await table.transact(actions, signal);
    throw new Error('the answer was lost');
  },
});

it('a write whose answer was lost is recognised, with its version', async () => {
  const { ports, direct } = start(lossy);
  const empty: LedgerState = { head: newHead(group.connectionId, group.groupId, trace), pages: new Map() };
  const recording = record(empty, adding(1), 1);
  if (recording.kind !== 'changed') throw new Error('nothing was recorded');
  const written = await ports.store.write(null, recording.state, 1_000);
  const { stored } = await direct.readHead(group.connectionId, group.groupId, 1_000);
  expect(written?.etag).toBe(stored?.etag);
});

it('a write that another one has followed is recognised too, and nothing is written over it', async () => {
  const { ports, direct, writeDirectly } = start((table) => ({
    ...lossy(table),
    transact: async (actions, signal) => {
      await table.transact(actions, signal);
      await writeDirectly(adding(2));
      throw new Error('the answer was lost');
    },
  }));
  const empty: LedgerState = { head: newHead(group.connectionId, group.groupId, trace), pages: new Map() };
  const recording = record(empty, adding(1), 1);
  if (recording.kind !== 'changed') throw new Error('nothing was recorded');
  const written = await ports.store.write(null, recording.state, 1_000);
  expect(written).not.toBeNull();
  const { stored } = await direct.readHead(group.connectionId, group.groupId, 1_000);
  expect(stored?.head.pages[0]?.wanted).toBe(2);
  expect(written?.etag).not.toBe(stored?.etag);
});
