import { expect, it } from 'vitest';
import { newHead } from '../../../src/ledger/core/head.ts';
import { record } from '../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../src/ledger/core/state.ts';
import { createRecordChange } from '../../../src/ledger/record-change.ts';
import type { Table } from '../../../src/storage/table.ts';
import { adding, group, startLedger, trace } from './memory-ledger.ts';

const options = { source: 'http', patience: 10_000, trace, log: () => undefined } as const;

it('a change is left to a look while another instance holds the lease', async () => {
  const { clock, ports, looks, direct, writeDirectly } = startLedger();
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
  const { ports, writeDirectly } = startLedger((table) => ({
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
  const { ports, direct } = startLedger(lossy);
  const empty: LedgerState = { head: newHead(group.connectionId, group.groupId, trace), pages: new Map() };
  const recording = record(empty, adding(1), 1);
  if (recording.kind !== 'changed') throw new Error('nothing was recorded');
  const written = await ports.store.write(null, recording.state, 1_000);
  const { stored } = await direct.readHead(group.connectionId, group.groupId, 1_000);
  expect(written?.etag).toBe(stored?.etag);
});

it('a write that another one has followed is recognised too, and nothing is written over it', async () => {
  const { ports, direct, writeDirectly } = startLedger((table) => ({
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
