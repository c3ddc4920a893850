import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createQueueSender, queueNames } from '../../../src/storage/queues.ts';
import { connectionId, type LedgerWorld, startLedgerWorld } from './ledger-world.ts';

const put = { kind: 'put-group', displayName: 'Sales', description: null } as const;
const deletion = { kind: 'delete-group' } as const;

describe('a creation that was queued before its group was deleted here', () => {
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
  });

  const isGoneSince = (time: number) => world.ledger.groupIsGoneSince(connectionId, groupId, time);
  /** Puts a creation on its queue; the queue's own time of that. */
  async function queueCreation(): Promise<number> {
    const { connectionString } = world.azurite;
    const noIdentity = () => Promise.reject(new Error('there is no identity here'));
    const { send } = createQueueSender({ kind: 'connection-string', connectionString }, noIdentity);
    const message = { connectionId, group: { id: groupId } };
    return (await send(queueNames.work, message, { delay: 0, within: 10_000 })).insertedOn;
  }
  const deletedAt = async () =>
    (await world.store.readHead(connectionId, groupId, 10_000)).stored?.head.deletedAt ?? 0;

  it('is superseded, however soon the deletion follows', async () => {
    await world.declare(groupId, put);
    const queuedOn = await queueCreation();
    expect(await isGoneSince(queuedOn)).toBe(false);
    expect(await world.declare(groupId, deletion)).toMatchObject({ kind: 'settled' });
    expect(await isGoneSince(queuedOn)).toBe(true);
  });

  it('is not superseded if it was queued in a later second, whatever the clock of the table says', async () => {
    world.ahead = 3_600_000;
    await world.declare(groupId, put);
    await world.declare(groupId, deletion);
    world.ahead = 0;
    expect(await isGoneSince((await deletedAt()) + 1_000)).toBe(false);
    expect(await isGoneSince(Date.now() + 60_000)).toBe(false);
  });

  it('is superseded by a deletion that is said again, at which nothing is left to do', async () => {
    await world.declare(groupId, put);
    await world.declare(groupId, deletion);
    const first = await deletedAt();
    const inBetween = first + 1_000;
    expect(await isGoneSince(inBetween)).toBe(false);
    const writes = world.writes.length;
    while ((await deletedAt()) === first)
      expect(await world.declare(groupId, deletion)).toMatchObject({ kind: 'settled' });
    expect(await isGoneSince(inBetween)).toBe(true);
    expect(world.writes).toHaveLength(writes);
  });

  it('is left alone where the group was never declared, or was declared again', async () => {
    expect(await isGoneSince(0)).toBe(false);
    await world.declare(groupId, put);
    await world.declare(groupId, deletion);
    await world.declare(groupId, put);
    expect(await isGoneSince(0)).toBe(false);
  });

  it('leaves no look of a deletion that is settled at once', async () => {
    await world.declare(groupId, put);
    await world.declare(groupId, deletion);
    const before = await world.queued();
    await world.declare(groupId, deletion);
    expect(await world.queued()).toBe(before);
  });
});
