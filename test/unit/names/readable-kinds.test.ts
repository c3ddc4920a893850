import { expect, it } from 'vitest';
import { createReadableKinds } from '../../../src/names/readable-kinds.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import type { Table } from '../../../src/storage/table.ts';

/** The rows that were written; `isDown`: storage refuses everything. */
function startTable() {
  const rows = new Set<string>();
  const state = { isDown: false };
  const refuse = () => Promise.reject(new Error('storage is gone'));
  const table = {
    read: (_partition: string, row: string) =>
      state.isDown ? refuse() : Promise.resolve({ entity: rows.has(row) ? {} : null }),
    transact: (actions: readonly { entity: { rowKey: string } }[]) => {
      if (state.isDown) return refuse();
      for (const { entity } of actions) rows.add(entity.rowKey);
      return Promise.resolve();
    },
  };
  return { table: table as unknown as Table, rows, state };
}

const app = () => Promise.resolve('app.reader');

it('what an identity has found survives a restart', async () => {
  const { table } = startTable();
  await createReadableKinds(table, app, systemClock).note('mail');
  const restarted = createReadableKinds(table, app, systemClock);
  expect(await restarted.has('mail')).toBe(true);
  expect(await restarted.has('employeeId')).toBe(false);
});

it('another identity, or the same with other permissions, has found nobody yet', async () => {
  const { table } = startTable();
  let name = 'app.reader';
  const readable = createReadableKinds(table, () => Promise.resolve(name), systemClock);
  await readable.note('employeeId');
  name = 'app.basic';
  expect(await readable.has('employeeId')).toBe(false);
  name = 'app.reader';
  expect(await readable.has('employeeId')).toBe(true);
});

it('a note that storage does not take harms nobody, and a question that it does not answer is no yes', async () => {
  const { table, state } = startTable();
  state.isDown = true;
  const readable = createReadableKinds(table, app, systemClock);
  await expect(createReadableKinds(table, app, systemClock).has('mail')).rejects.toThrow('storage is gone');
  await readable.note('mail');
  expect(await readable.has('mail')).toBe(true);
});

it('without a token nothing is noted', async () => {
  const { table, rows } = startTable();
  await createReadableKinds(table, () => Promise.reject(new Error('no token')), systemClock).note('mail');
  expect(rows.size).toBe(0);
});
