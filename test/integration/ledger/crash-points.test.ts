import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GraphAnswer } from '../../../src/groups/graph-answer.ts';
import type { GraphWrite } from '../../../src/groups/graph-write.ts';
import { memberKey } from '../../../src/groups/member.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import type { LookMessage } from '../../../src/ledger/ports.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';
import { connectionId, type LedgerWorld, type Patches, startLedgerWorld, user } from './ledger-world.ts';

/** A process that has ended: whatever it waits for never arrives. */
const never = <T>() => new Promise<T>(() => undefined);
const silent: GraphAnswer = { kind: 'silent', why: 'no answer', graph: null, retryAfter: null };
const log = () => undefined;
const put = { kind: 'put-group', displayName: 'Sales', description: null } as const;
const add = (n: number) => ({ kind: 'patch-members', add: [user(n)], remove: [] }) as const;
const remove = (n: number) => ({ kind: 'patch-members', add: [], remove: [user(n)] }) as const;

describe('a crash, a lost answer or somebody else, at each point of a change', () => {
  let world: LedgerWorld;
  let groupId: string;
  let count = 0;
  beforeAll(async () => {
    world = await startLedgerWorld();
  });
  afterAll(() => world.close());
  beforeEach(() => {
    count += 1;
    groupId = `g${count}`;
    world.intercept = () => undefined;
    world.writes.length = 0;
    world.ahead = 0;
  });

  type Content = Parameters<LedgerWorld['declare']>[1];
  /** Declares in a process that may be stopped; gives up waiting for it when `until` resolves. */
  function declareBy(ledger: Pick<Ledger, 'declare'>, content: Content, patience = 10_000) {
    const options = { source: 'http', patience, trace: newTrace(), log } as const;
    return ledger.declare({ connectionId, groupId, ...content }, options);
  }
  /** Another process; `point` is called at each of its steps and may stop it there. */
  function openCrashing(point: (step: string) => Promise<void> | void, patches: Patches = {}) {
    return world.open({
      patches: {
        ...patches,
        ports: (ports) => ({
          ...ports,
          looks: {
            send: async (...given) => {
              await point('before look');
              const sent = await ports.looks.send(...given);
              await point('after look');
              return sent;
            },
            remove: async (...given) => {
              await point('before revocation');
              await ports.looks.remove(...given);
            },
          },
          store: {
            ...ports.store,
            write: async (...given) => {
              await point('before write');
              const written = await ports.store.write(...given);
              await point('after write');
              return written;
            },
          },
        }),
      },
    });
  }
  /** Stops the process at the nth occurrence of a step; resolves when it has stopped. */
  function crashAt(step: string, nth = 1) {
    const crashed = Promise.withResolvers<void>();
    let times = 0;
    const point = (name: string) => {
      if (name !== step) return undefined;
      times += 1;
      if (times < nth) return undefined;
      crashed.resolve();
      return never<void>();
    };
    return { point, crashed: crashed.promise };
  }

  const headOf = async () => (await world.store.readHead(connectionId, groupId, 10_000)).stored?.head;
  const recordOf = () => world.ledger.readGroup(connectionId, groupId);
  async function lookNow(): Promise<void> {
    const look = (await headOf())?.look ?? 1;
    await world.look({ connectionId, groupId, look });
  }
  /** Advances the time and delivers the looks that are due, until nothing is left to do. */
  async function settleAll(): Promise<void> {
    for (let round = 0; round < 14; round += 1) {
      if ((await recordOf())?.state !== 'applying') return;
      world.ahead += 131_000;
      await lookNow();
    }
  }
  const membersInGraph = () => [...(world.groups.get(groupId)?.members ?? [])].sort();
  const expectMembers = (...numbers: number[]) =>
    expect(membersInGraph()).toEqual(numbers.map((n) => memberKey(user(n))).sort());

  it('1: a look without a record is postponed, and dropped when it can no longer be recorded', async () => {
    const { point, crashed } = crashAt('before write');
    void declareBy(openCrashing(point), put);
    await crashed;
    const sent: LookMessage[] = [];
    const { look } = world.open({
      patches: {
        ports: (ports) => ({
          ...ports,
          looks: {
            ...ports.looks,
            send: (message) => {
              sent.push(message);
              return Promise.resolve({ messageId: 'm', popReceipt: 'r', insertedOn: 0 });
            },
          },
        }),
      },
    });
    let message: LookMessage | undefined = { connectionId, groupId, look: 1 };
    let times = 0;
    while (message !== undefined && times < 100) {
      times += 1;
      await look(message, { log });
      message = sent.pop();
    }
    // 50 s each: longer than the record could still be written.
    expect(times).toBeGreaterThan(13);
    expect(times).toBeLessThan(20);
    expect(await recordOf()).toBeNull();
  });

  it('2: recorded, and no call begun: the look takes over', async () => {
    const { point, crashed } = crashAt('after write');
    void declareBy(openCrashing(point), put);
    await crashed;
    expect(await recordOf()).toMatchObject({ state: 'applying' });
    world.ahead = 60_000;
    await lookNow();
    expect(await recordOf()).toMatchObject({ state: 'applied' });
    expect(world.groups.has(groupId)).toBe(true);
  });

  it('3: in a call that is carried out, and nobody hears of it', async () => {
    const called = Promise.withResolvers<void>();
    world.intercept = (write) => {
      if (write.kind === 'create-group')
        world.groups.set(groupId, {
          properties: { displayName: 'Sales', description: null },
          members: new Set(),
        });
      called.resolve();
      return never<GraphAnswer>();
    };
    void declareBy(world.ledger, put);
    await called.promise;
    world.intercept = () => undefined;
    world.ahead = 60_000;
    await lookNow();
    await settleAll();
    expect(await recordOf()).toMatchObject({ state: 'applied', displayName: 'Sales' });
  });

  it('4: between two calls of a chunk', async () => {
    await world.declare(groupId, put);
    const called = Promise.withResolvers<void>();
    world.intercept = (write) => {
      if (write.kind !== 'add-member' || write.member.id !== user(2).id) return undefined;
      called.resolve();
      return never<GraphAnswer>();
    };
    void declareBy(world.ledger, { kind: 'put-members', members: [user(1), user(2), user(3)] });
    await called.promise;
    world.intercept = () => undefined;
    world.ahead = 60_000;
    await lookNow();
    await settleAll();
    expectMembers(1, 2, 3);
    expect(await recordOf()).toMatchObject({ state: 'applied' });
  });

  it('5: after the last answer, before it is written down', async () => {
    const { point, crashed } = crashAt('before write', 2);
    void declareBy(openCrashing(point), put);
    await crashed;
    expect(world.groups.has(groupId)).toBe(true);
    world.ahead = 60_000;
    await lookNow();
    await settleAll();
    expect(await recordOf()).toMatchObject({ state: 'applied' });
  });

  it('6: after the next look is sent, before the answers are written', async () => {
    world.intercept = () => ({ kind: 'throttled', why: 'throttled', graph: null, retryAfter: 5 });
    const { point, crashed } = crashAt('before write', 2);
    void declareBy(openCrashing(point), put);
    await crashed;
    world.intercept = () => undefined;
    world.ahead = 60_000;
    await lookNow();
    expect(await recordOf()).toMatchObject({ state: 'applied' });
  });

  it('7: settled, and the caller never hears: the look that is left finds it at rest', async () => {
    const { point, crashed } = crashAt('before revocation');
    void declareBy(openCrashing(point), put);
    await crashed;
    expect(await recordOf()).toMatchObject({ state: 'applied' });
    const writes = world.writes.length;
    await lookNow();
    expect(world.writes.length).toBe(writes);
  });

  it('8: a look that was postponed comes twice', async () => {
    await world.declare(groupId, put, 0);
    await Promise.all([lookNow(), lookNow()]);
    expect(await recordOf()).toMatchObject({ state: 'applied' });
    expect(world.writes.filter(({ kind }) => kind === 'create-group')).toHaveLength(1);
  });

  it('9: the next look is sent, and the lease not taken', async () => {
    await world.declare(groupId, put, 0);
    const { point, crashed } = crashAt('before write');
    void openCrashing(point).look({ connectionId, groupId, look: 1 }, { log });
    await crashed;
    expect(world.writes).toEqual([]);
    await lookNow();
    expect(await recordOf()).toMatchObject({ state: 'applied' });
  });

  it.each([
    ['its connection breaks', new Error('socket hang up')],
    ['the SDK’s own retry finds its condition failed', Object.assign(new Error('412'), { statusCode: 412 })],
  ])('10: a write that is carried out, but %s, is recognised by its nonce', async (_how, thrown) => {
    let times = 0;
    const { declare } = world.open({
      patches: {
        table: (table) => ({
          ...table,
          transact: async (actions, signal) => {
            const done = await table.transact(actions, signal);
            const isHead = actions.some((action) => 'entity' in action && 'nonce' in action.entity);
            times += isHead ? 1 : 0;
            if (isHead) throw thrown;
            return done;
          },
        }),
      },
    });
    expect(await declareBy({ declare }, put)).toMatchObject({ kind: 'settled' });
    expect(times).toBe(2);
  });

  it('10: a write that is never carried out: nothing is claimed, and nothing is recorded', async () => {
    const { declare } = world.open({
      patches: {
        table: (table) => ({
          ...table,
          transact: (actions, signal) =>
            actions.some((action) => 'entity' in action && 'nonce' in action.entity)
              ? Promise.reject(new Error('socket hang up'))
              : table.transact(actions, signal),
        }),
      },
    });
    await expect(declareBy({ declare }, put)).rejects.toThrow('socket hang up');
    expect(await recordOf()).toBeNull();
    expect(world.writes).toEqual([]);
  });

  it('11: the lease has expired and its holder lives: its answers are dropped, its calls do no harm', async () => {
    await world.declare(groupId, put);
    const called = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<undefined>();
    world.intercept = () => {
      called.resolve();
      return answer.promise;
    };
    const first = declareBy(world.ledger, add(1));
    await called.promise;
    world.intercept = () => undefined;
    world.ahead = 60_000;
    await declareBy(world.ledger, remove(1));
    answer.resolve(undefined);
    expect(await first).toMatchObject({ kind: 'recorded', record: { state: 'applying' } });
    await settleAll();
    expect(await recordOf()).toMatchObject({ state: 'applied' });
    expectMembers();
  });

  it('12: a change that is recorded while the holder calls is carried out by the holder', async () => {
    await world.declare(groupId, put);
    let isFirst = true;
    world.intercept = async () => {
      if (!isFirst) return undefined;
      isFirst = false;
      expect(await declareBy(world.ledger, add(2))).toMatchObject({ kind: 'recorded' });
      return undefined;
    };
    expect(await world.declare(groupId, add(1))).toMatchObject({ kind: 'settled' });
    expectMembers(1, 2);
  });

  it('13: a flip, and a flip back, while a call is in flight', async () => {
    await world.declare(groupId, put);
    let isFirst = true;
    world.intercept = async () => {
      if (!isFirst) return undefined;
      isFirst = false;
      await declareBy(world.ledger, remove(1));
      await declareBy(world.ledger, add(1));
      return silent;
    };
    await world.declare(groupId, add(1));
    world.intercept = () => undefined;
    expect(await recordOf()).toMatchObject({ state: 'applying' });
    await settleAll();
    expectMembers(1);
    expect(await recordOf()).toMatchObject({ state: 'applied' });
  });

  /** Leaves writes of one kind unanswered and records them: they may take effect late. */
  function silence(kind: GraphWrite['kind']): GraphWrite[] {
    const unanswered: GraphWrite[] = [];
    world.intercept = (write) => {
      if (write.kind !== kind) return undefined;
      unanswered.push(write);
      return silent;
    };
    return unanswered;
  }

  it('14: a deletion with additions unanswered, and declared again at once: no member comes back', async () => {
    await world.declare(groupId, put);
    silence('add-member');
    await world.declare(groupId, add(1));
    world.intercept = () => undefined;
    await world.declare(groupId, { kind: 'delete-group' });
    await world.declare(groupId, put);
    expect(await recordOf()).toMatchObject({ state: 'applying', deleted: false });
    // The addition takes effect as late as possible: after the deletion of the old group.
    world.groups.get(groupId)?.members.add(memberKey(user(1)));
    await settleAll();
    expect(await recordOf()).toMatchObject({ state: 'applied', displayName: 'Sales' });
    expectMembers();
  });

  it('15: a deletion unanswered, and declared again at once: the next group waits for it', async () => {
    await world.declare(groupId, put);
    silence('delete-group');
    await world.declare(groupId, { kind: 'delete-group' });
    world.intercept = () => undefined;
    await world.declare(groupId, { ...put, displayName: 'Next' });
    world.groups.delete(groupId);
    await settleAll();
    expect(await recordOf()).toMatchObject({ state: 'applied', displayName: 'Next' });
    expect(world.groups.get(groupId)?.properties.displayName).toBe('Next');
  });

  it('16: a creation unanswered, then a deletion: what lands in between is deleted too', async () => {
    silence('create-group');
    await world.declare(groupId, put);
    world.intercept = () => undefined;
    await world.declare(groupId, { kind: 'delete-group' });
    expect(await recordOf()).toMatchObject({ state: 'applying', deleted: true });
    world.groups.set(groupId, {
      properties: { displayName: 'Sales', description: null },
      members: new Set(),
    });
    await settleAll();
    expect(await recordOf()).toMatchObject({ state: 'applied', deleted: true });
    expect(world.groups.has(groupId)).toBe(false);
  });

  it('17: a wrong 404 to a removal is not believed once', async () => {
    await world.declare(groupId, put);
    await world.declare(groupId, add(1));
    let isFirst = true;
    world.intercept = () => {
      if (!isFirst) return undefined;
      isFirst = false;
      return { kind: 'absent', graph: { status: 404, code: 'ItemNotFound', requestId: null } };
    };
    expect(await world.declare(groupId, remove(1))).toMatchObject({ kind: 'recorded' });
    expectMembers(1);
    await settleAll();
    expectMembers();
  });

  it('18: an older sequence after a newer one, and a repetition, change nothing', async () => {
    await world.declare(groupId, { ...put, sequence: 1 });
    await world.declare(groupId, { ...remove(1), sequence: 7 });
    await settleAll();
    world.writes.length = 0;
    expect(await world.declare(groupId, { ...add(1), sequence: 5 })).toMatchObject({ superseded: true });
    expect(await world.declare(groupId, { ...remove(1), sequence: 7 })).toMatchObject({ superseded: true });
    expect(world.writes).toEqual([]);
    expect(await world.declare(groupId, add(1))).toMatchObject({
      kind: 'refused',
      problem: { code: 'sequence-required' },
    });
  });

  it('19: the pages are split while the lease is held', async () => {
    await world.declare(groupId, put);
    const many = Array.from({ length: 1_500 }, (_, n) => user(100 + n));
    let isFirst = true;
    world.intercept = async () => {
      if (!isFirst) return undefined;
      isFirst = false;
      await declareBy(world.ledger, { kind: 'patch-members', add: many, remove: [] }, 0);
      return undefined;
    };
    await world.declare(groupId, add(1));
    expect((await headOf())?.bits).toBeGreaterThan(0);
    await settleAll();
    expect(await recordOf()).toMatchObject({ state: 'applied', members: { applied: 1_501 } });
    expect(membersInGraph()).toHaveLength(1_501);
  });

  it('20: given up with a horizon open, and a retry completes it', async () => {
    await world.declare(groupId, put);
    silence('add-member');
    await world.declare(groupId, add(1));
    await world.declare(groupId, remove(1));
    world.intercept = () => ({ kind: 'throttled', why: 'throttled', graph: null, retryAfter: null });
    await settleAll();
    world.ahead += 3 * 86_400_000;
    await lookNow();
    expect(await recordOf()).toMatchObject({
      state: 'failed',
      error: { type: 'urn:problem-type:gave-up' },
    });
    world.intercept = () => undefined;
    await world.declare(groupId, { kind: 'retry' });
    await settleAll();
    expect(await recordOf()).toMatchObject({ state: 'applied' });
    expectMembers();
  });
});
