import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { memberKey } from '../../../src/groups/member.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';
import { connectionId, type LedgerWorld, startLedgerWorld, user } from './ledger-world.ts';

const put = { kind: 'put-group', displayName: 'Sales', description: null } as const;
const add = (n: number) => ({ kind: 'patch-members', add: [user(n)], remove: [] }) as const;
const remove = (n: number) => ({ kind: 'patch-members', add: [], remove: [user(n)] }) as const;
const conditionFailed = () => Object.assign(new Error('412'), { statusCode: 412 });

describe('a write that is carried out, and overtaken before its writer knows', () => {
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
    world.ahead = 0;
    await world.declare(groupId, put);
  });

  type Content = Parameters<LedgerWorld['declare']>[1];
  /**
   * Declares in a process whose first write of the head is carried out, although the connection breaks before the answer;
   * the SDK's retry comes after `meanwhile`, and finds that the condition does not hold any more.
   */
  function declareLate(content: Content, patience: number, meanwhile: () => Promise<unknown>) {
    let isFirst = true;
    const late: Pick<Ledger, 'declare'> = world.open({
      patches: {
        table: (table) => ({
          ...table,
          transact: async (actions, signal) => {
            const done = await table.transact(actions, signal);
            const isHead = actions.some((action) => 'entity' in action && 'nonce' in action.entity);
            if (!isHead || !isFirst) return done;
            isFirst = false;
            await meanwhile();
            throw conditionFailed();
          },
        }),
      },
    });
    const options = { source: 'http', patience, trace: newTrace(), log: () => undefined } as const;
    return late.declare({ connectionId, groupId, ...content }, options);
  }

  const recordOf = () => world.ledger.readGroup(connectionId, groupId);
  async function settleAll(): Promise<void> {
    for (let round = 0; round < 14 && (await recordOf())?.state === 'applying'; round += 1) {
      world.ahead += 131_000;
      const { stored } = await world.store.readHead(connectionId, groupId, 10_000);
      await world.look({ connectionId, groupId, look: stored?.head.look ?? 0 });
    }
  }

  it('is not made again over a removal that was recorded after it', async () => {
    await declareLate(add(1), 10_000, () => world.declare(groupId, remove(1), 0));
    await settleAll();
    expect(await recordOf()).toMatchObject({ state: 'applied', members: { applied: 0 } });
    expect([...(world.groups.get(groupId)?.members ?? [])]).toEqual([]);
  });

  it('does not delete a group again that was declared, and confirmed, after the deletion', async () => {
    const next = { ...put, displayName: 'Next' };
    const answers: unknown[] = [];
    await declareLate({ kind: 'delete-group' }, 0, async () =>
      answers.push(await world.declare(groupId, next)),
    );
    expect(answers).toMatchObject([{ kind: 'settled' }]);
    expect(await recordOf()).toMatchObject({ state: 'applied', deleted: false, displayName: 'Next' });
    await settleAll();
    expect(world.groups.get(groupId)?.properties.displayName).toBe('Next');
  });

  it('keeps the lease that it took: its writer makes the calls, and others their own', async () => {
    const { kind } = await declareLate(add(1), 10_000, () => world.declare(groupId, add(2), 0));
    expect(kind).toBe('settled');
    const members = [...(world.groups.get(groupId)?.members ?? [])].sort();
    expect(members).toEqual([memberKey(user(1)), memberKey(user(2))]);
  });

  it('is recognised however often the group was written since', async () => {
    await declareLate(add(1), 0, async () => {
      for (let n = 2; n < 20; n += 1) await world.declare(groupId, add(n), 0);
      await world.declare(groupId, remove(1), 0);
    });
    await settleAll();
    expect(world.groups.get(groupId)?.members.has(memberKey(user(1)))).toBe(false);
    expect(await recordOf()).toMatchObject({ state: 'applied', members: { applied: 18 } });
  });
});
