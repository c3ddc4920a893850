import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { memberKey } from '../../../src/groups/member.ts';
import { AdapterError } from '../../../src/problems/adapter-error.ts';
import { connectionId, type LedgerWorld, startLedgerWorld, user } from './ledger-world.ts';

const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => user(from + n));

describe('a group of many members', () => {
  let world: LedgerWorld;
  beforeAll(async () => {
    world = await startLedgerWorld();
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.writes.length = 0;
  });
  /** Sends it again where the machine was too busy to record it in time, as the answer says that one may. */
  async function declare(content: Parameters<LedgerWorld['declare']>[1]): ReturnType<LedgerWorld['declare']> {
    try {
      return await world.declare('big', content, 0);
    } catch (thrown) {
      if (thrown instanceof AdapterError && thrown.code === 'deferral-unavailable') return declare(content);
      throw thrown;
    }
  }
  async function lookUntilApplied() {
    for (let looks = await world.takeLooks(); looks.length > 0; looks = await world.takeLooks())
      for (const look of looks) await world.look(look);
  }

  it('is recorded in one transaction, split over pages, and carried out in chunks', async () => {
    await declare({ kind: 'put-group', displayName: null, description: null });
    await lookUntilApplied();
    const members = numbered(0, 5_000);
    expect(await declare({ kind: 'put-members', members })).toMatchObject({
      kind: 'recorded',
      record: { members: { applied: 0, applying: 5_000, failed: 0 } },
    });
    await lookUntilApplied();
    expect(await world.ledger.readGroup(connectionId, 'big')).toMatchObject({
      state: 'applied',
      members: { applied: 5_000, applying: 0, failed: 0 },
    });
    expect(world.groups.get('big')?.members).toEqual(new Set(members.map(memberKey)));
  });

  it('does not call Graph when it is declared again, and for what has changed otherwise', async () => {
    expect(await declare({ kind: 'put-members', members: numbered(0, 5_000) })).toMatchObject({
      kind: 'settled',
    });
    expect(world.writes).toEqual([]);
    await declare({ kind: 'put-members', members: numbered(100, 5_100) });
    await lookUntilApplied();
    expect(world.writes.map(({ kind }) => kind)).toEqual([
      ...new Array<string>(100).fill('remove-member'),
      ...new Array<string>(100).fill('add-member'),
    ]);
  });

  it('is listed page by page, every member once', async () => {
    const listed: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await world.ledger.listMembers(
        connectionId,
        'big',
        cursor === undefined ? {} : { cursor },
      );
      listed.push(...(page?.entries ?? []).map(({ id }) => id));
      expect(page?.entries.length).toBeLessThanOrEqual(1_000);
      cursor = page?.next;
      expect(Buffer.from(cursor ?? '', 'base64url').toString('utf8')).not.toContain('-4000-8000-');
    } while (cursor !== undefined);
    expect(listed.sort()).toEqual(numbered(100, 5_100).map(({ id }) => id));
  });

  it('is not emptied by mistake, and is with the right count', async () => {
    expect(await declare({ kind: 'put-members', members: [] })).toMatchObject({
      kind: 'refused',
      problem: { code: 'too-many-removals', members: { removals: 5_000, members: 5_000 } },
    });
    expect(await world.ledger.readGroup(connectionId, 'big')).toMatchObject({
      state: 'applied',
    });
    await declare({ kind: 'put-members', members: [], removals: 5_000 });
    await lookUntilApplied();
    expect(world.groups.get('big')?.members.size).toBe(0);
  });

  it('takes 50,000 members in one change, and not one more', async () => {
    const all = numbered(0, 50_000);
    expect(await declare({ kind: 'put-members', members: all })).toMatchObject({
      kind: 'recorded',
      record: { members: { applying: 50_000 } },
    });
    expect(await declare({ kind: 'patch-members', add: [user(50_000)], remove: [] })).toMatchObject({
      kind: 'refused',
      problem: { code: 'too-many-members' },
    });
    // One member may be replaced by another.
    expect(await declare({ kind: 'patch-members', add: [user(50_000)], remove: [user(0)] })).toMatchObject({
      kind: 'recorded',
    });
  });
});
