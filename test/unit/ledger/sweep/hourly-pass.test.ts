import { describe, expect, it } from 'vitest';
import type { Table } from '../../../../src/storage/table.ts';
import { connectionId, createWalksWorld } from './walks-world.ts';

const month = 31 * 86_400_000;
const gone = { want: { kind: 'gone' }, deletedAt: 1 } as const;

describe('the hourly pass', () => {
  it('forgets thousands of groups over several steps, and begins no second pass meanwhile', async () => {
    let inFlight = 0;
    let most = 0;
    const slow = (table: Table): Table => ({
      ...table,
      remove: async (...given) => {
        inFlight += 1;
        most = Math.max(most, inFlight);
        await new Promise<void>((resolve) => void world.clock.after(5_000, resolve));
        inFlight -= 1;
        return table.remove(...given);
      },
    });
    const world = await createWalksWorld(slow);
    for (let n = 0; n < 1_500; n += 1) await world.declare(`g${n}`, gone);
    await world.declare('kept');
    await world.declare('failed', { step: 'refused' });
    await world.clock.pass(month);

    const first = world.invoke(world.start().hourlyPass({ log: () => undefined }));
    await world.clock.pass(10_000);
    await world.start().hourlyPass({ log: () => undefined });
    await world.clock.pass(200_000);
    await first;
    await world.drain();

    expect(most).toBe(20);
    expect(await world.count()).toBe(2);
    expect(world.durations.length).toBeGreaterThan(2);
    expect(Math.max(...world.durations)).toBeLessThan(200_000);
    expect(world.metrics).toEqual([
      { name: 'externalGroups.groups.failed', value: 1, dimensions: { connectionId } },
      { name: 'externalGroups.groups', value: 2, dimensions: {} },
    ]);
  });

  it('tells that no group has failed', async () => {
    const world = await createWalksWorld();
    await world.start().hourlyPass({ log: () => undefined });
    expect(world.metrics).toContainEqual({
      name: 'externalGroups.groups.failed',
      value: 0,
      dimensions: { connectionId },
    });
  });

  it('names and passes over a group that cannot be forgotten, and one whose record cannot be read', async () => {
    const world = await createWalksWorld((table) => ({
      ...table,
      remove: (...given) =>
        given[1] === 'g.bad' ? Promise.reject(new Error('refused')) : table.remove(...given),
    }));
    for (const id of ['a', 'bad', 'c']) await world.declare(id, gone);
    await world.declareLater('later');
    await world.clock.pass(month);
    const lines: string[] = [];
    await world.start().hourlyPass({ log: (_level, line) => void lines.push(line) });
    expect(await world.count()).toBe(2);
    expect(lines.sort()).toEqual([
      'group bad of contosohr is skipped: Error: refused',
      expect.stringMatching(/record g\.later .* cannot be read .* format 1000/),
    ]);
  });
});
