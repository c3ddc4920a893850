import { beforeEach, describe, expect, it } from 'vitest';
import type { GraphAnswer } from '../../../../src/groups/graph-answer.ts';
import type { WalksWorld } from './walks-world.ts';
import { connectionId, createWalksWorld, present } from './walks-world.ts';

const log = () => undefined;
const ids = Array.from({ length: 24 }, (_, n) => `g${String(n).padStart(2, '0')}`);
const begin = Buffer.from(JSON.stringify({ connectionId, partition: 0 }));
const silent: GraphAnswer = { kind: 'silent', why: 'Graph answered 500', graph: null, retryAfter: null };

describe('the verification', () => {
  let world: WalksWorld;
  /** When each group was shown, in milliseconds. */
  const shown = new Map<string, number[]>();
  let inFlight = 0;
  let most = 0;
  /** Graph takes so long over a read. */
  let latency = 100;
  const show = async (groupId: string) => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    await new Promise<void>((resolve) => void world.clock.after(latency, resolve));
    inFlight -= 1;
    shown.set(groupId, [...(shown.get(groupId) ?? []), world.clock.monotonic()]);
    return present(groupId);
  };
  const shownOnce = () => [...shown.values()].filter((times) => times.length === 1).length;
  beforeEach(async () => {
    [inFlight, most, latency] = [0, 0, 100];
    shown.clear();
    world = await createWalksWorld();
    world.read = show;
    for (const id of ids) await world.declare(id);
  });

  it('reads every group although Graph throttles one read, and none within the wait that it names', async () => {
    let reads = 0;
    let throttledAt = Number.POSITIVE_INFINITY;
    world.read = async (groupId) => {
      reads += 1;
      if (reads !== 7) return show(groupId);
      throttledAt = world.clock.monotonic();
      return { kind: 'throttled', why: 'Graph asks to wait', graph: null, retryAfter: 5 };
    };
    await world.start().verify.begin();
    await world.drain();
    expect(shownOnce()).toBe(24);
    // Those that were in flight end within a tenth of a second.
    const within = [...shown.values()]
      .flat()
      .filter((at) => at > throttledAt + 100 && at < throttledAt + 5_000);
    expect(within).toEqual([]);
  });

  it('goes on where a step has ended, and each step ends in time', async () => {
    latency = 19_000;
    for (let n = 0; n < 60; n += 1) await world.declare(`more${n}`);
    await world.start().verify.begin();
    await world.drain();
    expect(world.durations.filter((duration) => duration > 60_000).length).toBeGreaterThan(1);
    expect(Math.max(...world.durations)).toBeLessThan(300_000);
    expect(shownOnce()).toBe(84);
  });

  it('does not run twice at once, however often it is started, and leaves nothing on the queue', async () => {
    latency = 10_000;
    const instances = [world.start(), world.start(), world.start()];
    for (const { verify } of instances) await verify.begin();
    await world.drain(30_000);
    for (const { verify } of instances) await verify.begin();
    await world.drain();
    expect(most).toBe(5);
    expect(shownOnce()).toBe(24);
    expect(world.waiting).toEqual([]);
  });

  it('goes on within minutes where an instance has crashed at work', async () => {
    world.read = () => new Promise(() => undefined);
    void world.start().verify.step(begin, { log });
    await world.clock.pass(1_000);
    // Its process is gone: nothing of it goes on. Storage and queue are as it left them.
    const left = [...world.waiting];
    world.waiting.length = 0;
    await world.clock.pass(300_000);
    world.waiting.splice(0, world.waiting.length, ...left);
    world.read = show;
    await world.drain();
    expect(shownOnce()).toBe(24);
  });

  it('goes on where it was when its message is lost and it is started again', async () => {
    let reads = 0;
    world.read = (groupId) => {
      reads += 1;
      return reads === 7
        ? { kind: 'throttled', why: 'Graph asks to wait', graph: null, retryAfter: 60 }
        : show(groupId);
    };
    await world.start().verify.begin();
    await world.drain(10_000);
    expect(shown.size).toBeLessThan(24);
    world.waiting.length = 0;
    await world.start().verify.begin();
    await world.drain();
    expect(shownOnce()).toBe(24);
  });

  it('begins anew where a run has been lost for long', async () => {
    await world.start().verify.begin();
    world.read = () => silent;
    await world.drain(10_000);
    world.waiting.length = 0;
    await world.clock.pass(4_000_000);
    world.read = show;
    await world.start().verify.begin();
    await world.drain();
    expect(shownOnce()).toBe(24);
  });

  it('reads nothing of a connection that may not be written to, whoever starts it', async () => {
    world.isAllowed = false;
    const { verify } = world.start();
    await verify.begin();
    await verify.step(begin, { log });
    await world.drain();
    expect(shown.size).toBe(0);
  });

  it('waits for a Graph that shows nothing, and reads all groups when it is back', async () => {
    world.read = () => silent;
    await world.start().verify.begin();
    await world.drain(3_600_000);
    world.read = show;
    await world.drain();
    expect(shownOnce()).toBe(24);
  });

  it('names a group that is never shown, and ends', async () => {
    world.read = (groupId) => (groupId === 'g07' ? silent : show(groupId));
    await world.start().verify.begin();
    await world.drain();
    expect(shownOnce()).toBe(23);
    expect(world.lines.at(-1)).toBe('verification of contosohr: Graph did not show g07');
    expect(world.waiting).toEqual([]);
  });

  it('names ten of the groups that are never shown, and counts the others', async () => {
    world.read = (groupId) => (groupId < 'g13' ? silent : show(groupId));
    await world.start().verify.begin();
    await world.drain();
    expect(world.lines.at(-1)).toMatch(/: Graph did not show (?:g\d\d, ){9}g\d\d and 3 more$/);
  });

  it('names a record that cannot be read, and passes it over', async () => {
    await world.declareLater('g07a');
    await world.start().verify.begin();
    await world.drain();
    expect(shownOnce()).toBe(24);
    expect(world.lines).toEqual([expect.stringMatching(/record g\.g07a .* cannot be read .* format 1000/)]);
  });

  it('reads a missing group again two minutes later, and no other one twice', async () => {
    const reads: number[] = [];
    world.read = (groupId) => {
      if (groupId !== 'g07') return show(groupId);
      reads.push(world.clock.monotonic());
      return { kind: 'absent', graph: { status: 404, code: 'ItemNotFound', requestId: null } };
    };
    await world.start().verify.begin();
    await world.drain();
    expect(reads).toHaveLength(2);
    expect((reads[1] ?? 0) - (reads[0] ?? 0)).toBeGreaterThanOrEqual(120_000);
    expect(shownOnce()).toBe(23);
    expect(world.events).toEqual(['ExternalGroupRepaired']);
  });
});
