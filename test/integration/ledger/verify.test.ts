import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { partitionDigits, partitionOfGroup } from '../../../src/ledger/core/keys.ts';
import { timing } from '../../../src/ledger/core/timing.ts';
import { absent, connectionId, type LedgerWorld, startLedgerWorld, user } from './ledger-world.ts';

describe('verifying declared groups', () => {
  let world: LedgerWorld;
  let groupId: string;
  let count = 0;
  beforeAll(async () => {
    world = await startLedgerWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    count += 1;
    groupId = `g${count}`;
    world.intercept = () => undefined;
    world.onRead = () => undefined;
    await world.declare(groupId, { kind: 'put-group', displayName: 'Sales', description: null });
    await world.declare(groupId, { kind: 'put-members', members: [user(1), user(2)] });
    world.writes.length = 0;
    world.events.length = 0;
  });
  const lookUntilDone = async () => {
    for (const look of await world.takeLooks()) await world.look(look);
  };

  it('writes nothing if all is as declared', async () => {
    await world.verify();
    await lookUntilDone();
    expect(world.writes).toEqual([]);
    expect(world.events).toEqual([]);
  });

  it('puts back properties that others have changed, and says so', async () => {
    const held = world.groups.get(groupId);
    if (held !== undefined) held.properties.displayName = 'Changed by hand';
    await world.verify();
    await lookUntilDone();
    expect(world.groups.get(groupId)?.properties.displayName).toBe('Sales');
    expect(world.events).toContainEqual({
      name: 'ExternalGroupRepaired',
      fields: expect.objectContaining({ groupId, change: 'updated' }),
    });
  });

  it('reads a missing group once more, two minutes later, before it is created again with its members', async () => {
    world.groups.delete(groupId);
    const readAt: number[] = [];
    const startedAt = world.ahead;
    world.onRead = (id) => {
      if (id === groupId) readAt.push(world.ahead - startedAt);
    };
    await world.verify();
    expect(readAt).toHaveLength(2);
    expect((readAt[1] ?? 0) - (readAt[0] ?? 0)).toBeGreaterThanOrEqual(120_000);
    await lookUntilDone();
    expect(world.writes.map(({ kind }) => kind)).toEqual(['create-group', 'add-member', 'add-member']);
    expect(await world.ledger.readGroup(connectionId, groupId)).toMatchObject({
      state: 'applied',
      members: { applied: 2, applying: 0, failed: 0 },
    });
    expect(world.events).toContainEqual({
      name: 'ExternalGroupRepaired',
      fields: expect.objectContaining({ groupId, change: 'created' }),
    });
  });

  it('does not believe a 404 that Graph does not repeat', async () => {
    let reads = 0;
    world.onRead = (id) => {
      if (id !== groupId) return undefined;
      reads += 1;
      return reads === 1 ? absent : undefined;
    };
    await world.verify();
    await lookUntilDone();
    expect(reads).toBe(2);
    expect(world.writes).toEqual([]);
    expect(world.events).toEqual([]);
  });

  it('begins to doubt anew where the group was written to between two 404s', async () => {
    let reads = 0;
    world.onRead = async (id) => {
      if (id !== groupId) return undefined;
      reads += 1;
      if (reads === 1) await world.declare(groupId, { kind: 'patch-members', add: [user(3)], remove: [] });
      return reads < 3 ? absent : undefined;
    };
    await world.verify();
    expect(reads).toBe(3);
    expect(world.events.map(({ name }) => name)).not.toContain('ExternalGroupRepaired');
  });

  it('writes nothing that names a look sent long before: it may have been dropped by then', async () => {
    const held = world.groups.get(groupId);
    if (held !== undefined) held.properties.displayName = 'Changed by hand';
    let late = 0;
    const stalling = world.open({
      patches: {
        ports: (ports) => ({
          ...ports,
          clock: { ...ports.clock, monotonic: () => ports.clock.monotonic() + late },
          looks: {
            ...ports.looks,
            send: async (...given) => {
              const receipt = await ports.looks.send(...given);
              late += timing.fresh + 1;
              return receipt;
            },
          },
        }),
      },
    });
    const partition = partitionOfGroup(connectionId, groupId);
    await stalling.verify.step(
      { connectionId, partition: partitionDigits.findIndex((digit) => partition.endsWith(digit)) },
      { log: () => undefined },
    );
    expect(late).toBeGreaterThan(0);
    const state = async () => (await world.ledger.readGroup(connectionId, groupId))?.state;
    expect(await state()).toBe('applied');
    await world.verify();
    expect(await state()).toBe('applying');
  });

  it('tries again what Graph had refused', async () => {
    const refused = user(3);
    world.intercept = (write) =>
      write.kind === 'add-member' && write.member.id === refused.id
        ? { kind: 'refused', graph: { status: 400, code: 'Request_BadRequest', requestId: 'r1' } }
        : undefined;
    expect(await world.declare(groupId, { kind: 'patch-members', add: [refused], remove: [] })).toMatchObject(
      {
        kind: 'failed',
        problem: { code: 'members-refused' },
        record: { state: 'failed', members: { applied: 2, applying: 0, failed: 1 } },
      },
    );
    expect(world.events).toContainEqual({
      name: 'ExternalGroupFailed',
      fields: expect.objectContaining({
        code: 'members-refused',
        failed: 1,
        graphStatus: 400,
        graphCode: 'Request_BadRequest',
        graphRequestId: 'r1',
      }),
    });
    world.intercept = () => undefined;
    await world.verify();
    await lookUntilDone();
    const record = await world.ledger.readGroup(connectionId, groupId);
    expect(record).toMatchObject({ state: 'applied', members: { applied: 3, applying: 0, failed: 0 } });
    expect(record).not.toHaveProperty('error');
  });

  it('does not call Graph about a group that is deleted here', async () => {
    world.groups.delete(groupId);
    await world.declare(groupId, { kind: 'delete-group' });
    world.writes.length = 0;
    await world.verify();
    expect(world.writes).toEqual([]);
  });
});

describe('the hourly pass', () => {
  let world: LedgerWorld;
  beforeAll(async () => {
    world = await startLedgerWorld();
  });
  afterAll(() => world.close());

  it('does not call Graph and leaves alone what is on its way', async () => {
    await world.declare('g1', { kind: 'put-group', displayName: null, description: null }, 0);
    await world.takeLooks();
    await world.ledger.hourlyPass({ log: () => undefined });
    expect(await world.takeLooks()).toEqual([]);
    expect(world.writes).toEqual([]);
  });

  it('sends the look of a group whose own was lost, as when a queue is purged', async () => {
    await world.declare('g2', { kind: 'put-group', displayName: null, description: null }, 0);
    await world.takeLooks();
    world.ahead = 3_600_000;
    world.isAllowed = false;
    await world.ledger.hourlyPass({ log: () => undefined });
    expect(await world.takeLooks()).toEqual([]);
    world.isAllowed = true;
    await world.ledger.hourlyPass({ log: () => undefined });
    const looks = await world.takeLooks();
    expect(looks).toContainEqual({ connectionId, groupId: 'g2', look: 1 });
    for (const look of looks) await world.look(look);
    expect(await world.ledger.readGroup(connectionId, 'g2')).toMatchObject({ state: 'applied' });
  });

  it('forgets what has been gone for 30 days, and no group that was declared again', async () => {
    world.ahead = 0;
    const put = { kind: 'put-group', displayName: null, description: null, sequence: 1 } as const;
    for (const groupId of ['g3', 'g4']) {
      await world.declare(groupId, put);
      await world.declare(groupId, { kind: 'patch-members', add: [], remove: [user(1)], sequence: 9 });
      await world.declare(groupId, { kind: 'delete-group', sequence: 5 });
    }
    await world.declare('g4', { ...put, sequence: 10 });
    const { readGroup } = world.ledger;
    world.ahead = 29 * 86_400_000;
    await world.ledger.hourlyPass({ log: () => undefined });
    expect(await readGroup(connectionId, 'g3')).toMatchObject({ deleted: true });
    world.ahead = 31 * 86_400_000;
    await world.ledger.hourlyPass({ log: () => undefined });
    expect(await readGroup(connectionId, 'g3')).toBeNull();
    expect(await readGroup(connectionId, 'g4')).toMatchObject({ deleted: false });
  });
});
