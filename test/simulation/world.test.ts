import { describe, expect, it } from 'vitest';
import { calm, type Weather } from './world/faults.ts';
import { createWorld, type World } from './world/world.ts';

const still = () => calm;
const only = (fate: Weather['fates'][number]) => (): Weather => ({
  trouble: { queue: 1, table: 1, graph: 1, directory: 1 },
  fates: [fate],
  crashes: 0,
  pauses: 0,
});
const group = { id: 'a', displayName: 'A' };

async function run(world: World): Promise<void> {
  while (await world.step());
}

describe('the simulated world', () => {
  it('makes the same run of the same seed, and another of another', async () => {
    const play = async (seed: number) => {
      const world = createWorld(seed, { keepTimeline: true });
      world.graph.connections.add('hr');
      const one = world.startInstance('one');
      const two = world.startInstance('two', 5_000);
      for (const { queue, table, graph } of [one, two])
        for (let each = 0; each < 20; each += 1) {
          const { signal } = new AbortController();
          queue.send('work', String(each), { delay: each * 1000, signal }).catch(() => undefined);
          table
            .transact('t', [{ kind: 'upsert', entity: { partitionKey: 'p', rowKey: String(each) } }])
            .catch(() => undefined);
          graph.request('hr', { kind: 'create-group', group: { id: `g${each}` } }).catch(() => undefined);
        }
      await run(world);
      return world.timeline.lines.join('\n');
    };
    expect(await play(7)).toBe(await play(7));
    expect(await play(7)).not.toBe(await play(8));
  });

  it('lets what was sent before a crash land, and answers nobody', async () => {
    const world = createWorld(1, { weather: still });
    const instance = world.startInstance('one');
    let answered = false;
    void instance.queue.send('work', 'kept', { delay: 0 }).then(() => {
      answered = true;
    });
    instance.clock.after(1_000, () => {
      answered = true;
    });
    instance.crash();
    await run(world);
    expect(answered).toBe(false);
    expect(world.calls.pending).toEqual([]);
    expect(world.queues.all('work').length).toBeLessThanOrEqual(1);
  });

  it('moves the time only as far as the next timer', async () => {
    const world = createWorld(1, { weather: still });
    const { clock } = world.startInstance('one', 60_000);
    const began = world.time.now();
    const fired: number[] = [];
    clock.after(5_000, () => fired.push(clock.monotonic()));
    const cancel = clock.after(3_000, () => fired.push(-1));
    cancel();
    clock.after(2_000, () => fired.push(clock.monotonic()));
    await run(world);
    expect(fired).toEqual([2_000, 5_000]);
    expect(clock.now()).toBe(began + 65_000);
  });

  it('says nothing of a write whose answer is lost, although it was made', async () => {
    const world = createWorld(1, { weather: only('answer lost') });
    world.graph.connections.add('hr');
    const { queue, graph, table } = world.startInstance('one');
    const entity = { partitionKey: 'p', rowKey: 'r' };
    const failures = Promise.all([
      expect(queue.send('work', 'x', { delay: 0 })).rejects.toMatchObject({ code: 'ECONNRESET' }),
      expect(table.transact('t', [{ kind: 'insert', entity }])).rejects.toMatchObject({ code: 'ECONNRESET' }),
      expect(graph.request('hr', { kind: 'create-group', group })).rejects.toMatchObject({ step: 'sent' }),
    ]);
    await run(world);
    await failures;
    expect(world.queues.all('work')).toHaveLength(1);
    expect(world.tables.read('t', 'p', 'r')).not.toBeNull();
    expect(world.graph.look('hr', 'a')).not.toBeNull();
  });

  it('carries out a call that was given up at its deadline, or does not, but within ten minutes', async () => {
    const landed = new Set<boolean>();
    for (let seed = 0; seed < 30; seed += 1) {
      const world = createWorld(seed, { weather: only('silent, late') });
      world.graph.connections.add('hr');
      const { clock, graph } = world.startInstance('one');
      const deadline = new AbortController();
      clock.after(10_000, () => deadline.abort());
      const call = graph.request('hr', { kind: 'create-group', group }, { signal: deadline.signal });
      const failure = expect(call).rejects.toThrow('no answer');
      await run(world);
      await failure;
      expect(world.time.now() - Date.parse('2026-03-01T12:00:00.500Z')).toBeLessThanOrEqual(600_000);
      landed.add(world.graph.look('hr', 'a') !== null);
    }
    expect(landed).toEqual(new Set([true, false]));
  });

  it('keeps a queue as storage does: receipts, leases, counts, seconds', async () => {
    const world = createWorld(1, { weather: still });
    const { queues, time } = world;
    queues.send('work', 'x', { delay: 5_000, ttl: Number.POSITIVE_INFINITY });
    expect(queues.receive('work', 32, 30_000)).toEqual([]);
    time.moveTo(time.now() + 5_000);
    const [first] = queues.receive('work', 32, 30_000);
    expect(first).toMatchObject({ dequeueCount: 1, insertedAt: Date.parse('2026-03-01T12:00:00Z') });
    time.moveTo(time.now() + 30_000);
    const [second] = queues.receive('work', 32, 30_000);
    expect(second).toMatchObject({ dequeueCount: 2, messageId: first?.messageId });
    const remove = (receipt = '') => queues.remove('work', first?.messageId ?? '', receipt);
    expect(() => remove(first?.popReceipt)).toThrow('PopReceiptMismatch');
    remove(second?.popReceipt);
    expect(() => remove(second?.popReceipt)).toThrow('MessageNotFound');
  });

  it('writes a transaction wholly or not at all, on the version that was read', () => {
    const { tables } = createWorld(1);
    const at = (rowKey: string) => ({ partitionKey: 'p', rowKey });
    const [etag] = tables.transact('t', [{ kind: 'insert', entity: at('a') }]);
    const second = [
      { kind: 'insert', entity: at('b') },
      { kind: 'replace', entity: at('a'), etag: 'another' },
    ] as const;
    expect(() => tables.transact('t', second)).toThrow('412');
    expect(tables.list('t', 'p', '', '~').map(({ rowKey }) => rowKey)).toEqual(['a']);
    tables.transact('t', [{ kind: 'delete', ...at('a'), etag: etag ?? '' }]);
    expect(tables.read('t', 'p', 'a')).toBeNull();
    expect(() => tables.transact('t', [])).toThrow('400');
  });

  it('ends memberships with the group, and overlooks what exists for less than two minutes', async () => {
    const stretches: number[] = [];
    for (let seed = 0; seed < 200; seed += 1) {
      const { graph, time } = createWorld(seed, { weather: (drawn) => ({ ...drawn }) });
      graph.connections.add('hr');
      const member = { type: 'externalGroup', id: 'b' } as const;
      graph.handle('hr', { kind: 'create-group', group });
      expect(graph.handle('hr', { kind: 'create-group', group }).status).toBe(409);
      let wrongSince: number | null = null;
      for (let second = 0; second < 400; second += 10) {
        time.moveTo(time.now() + 10_000);
        const { status } = graph.handle('hr', { kind: 'read-group', groupId: 'A' });
        if (status === 404) wrongSince ??= time.now();
        else if (wrongSince !== null) {
          stretches.push(time.now() - wrongSince);
          wrongSince = null;
        }
      }
      while (graph.handle('hr', { kind: 'add-member', groupId: 'a', member }).status === 404);
      while (graph.handle('hr', { kind: 'delete-group', groupId: 'a' }).status === 404);
      graph.handle('hr', { kind: 'create-group', group });
      expect(graph.look('hr', 'a')?.members.size).toBe(0);
    }
    expect(stretches.length).toBeGreaterThan(0);
    expect(Math.max(...stretches)).toBeLessThanOrEqual(130_000);
  });
});
