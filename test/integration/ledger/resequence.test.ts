import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LedgerWorld, startLedgerWorld, user } from './ledger-world.ts';

const put = (displayName: string, sequence: number) =>
  ({ kind: 'put-group', displayName, description: null, sequence }) as const;
const add = (n: number, sequence: number) =>
  ({ kind: 'patch-members', add: [user(n)], remove: [], sequence }) as const;
const remove = (n: number, sequence: number) =>
  ({ kind: 'patch-members', add: [], remove: [user(n)], sequence }) as const;
/** Nanoseconds in place of milliseconds. */
const mistaken = 9_000_000_000_000_000;

describe('a sequence that was sent by mistake', () => {
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
    world.writes.length = 0;
  });

  const resequence = (n: number) => world.declare(groupId, { kind: 'resequence', resequence: n });

  it('locks the group, its members and those removed, until everything counts as of another one', async () => {
    await world.declare(groupId, put('Sales', 1_000));
    await world.declare(groupId, add(1, 1_001));
    await world.declare(groupId, add(2, mistaken));
    await world.declare(groupId, remove(1, mistaken + 1));
    await world.declare(groupId, put('Marketing', mistaken + 2));
    for (const change of [put('Support', 2_001), add(1, 2_001), remove(2, 2_001)])
      expect(await world.declare(groupId, change)).toMatchObject({ superseded: true });

    world.writes.length = 0;
    expect(await resequence(2_000)).toMatchObject({ kind: 'settled', record: { sequence: 2_000 } });
    expect(world.writes).toEqual([]);

    for (const change of [put('Late', 2_000), add(1, 1_999), remove(2, 2_000)])
      expect(await world.declare(groupId, change)).toMatchObject({ superseded: true });
    for (const change of [put('Support', 2_001), add(1, 2_001), remove(2, 2_001)])
      expect(await world.declare(groupId, change)).not.toHaveProperty('superseded');
    expect(world.groups.get(groupId)?.properties.displayName).toBe('Support');
    expect([...(world.groups.get(groupId)?.members ?? [])]).toEqual([`user:${user(1).id}`]);
  });

  it('of an exact list, or of a deletion, is mended likewise', async () => {
    await world.declare(groupId, put('Sales', 1));
    await world.declare(groupId, { kind: 'put-members', members: [user(1)], sequence: mistaken });
    await world.declare(groupId, { kind: 'delete-group', sequence: mistaken + 1 });
    expect(await world.declare(groupId, put('Sales', 5))).toMatchObject({ superseded: true });
    await resequence(4);
    expect(await world.declare(groupId, put('Sales', 5))).toMatchObject({
      kind: 'settled',
      record: { deleted: false },
    });
    await world.declare(groupId, add(1, 5));
    expect([...(world.groups.get(groupId)?.members ?? [])]).toEqual([`user:${user(1).id}`]);
  });

  it('cannot be mended of a group that was never declared', async () => {
    expect(await resequence(1)).toMatchObject({ kind: 'refused', problem: { code: 'group-not-managed' } });
  });
});
