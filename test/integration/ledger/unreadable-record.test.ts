import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createReadChangeMessage } from '../../../src/ledger/change-message.ts';
import { createChangeWorker } from '../../../src/ledger/change-worker.ts';
import { headRow, pageRow, partitionOfGroup } from '../../../src/ledger/core/keys.ts';
import { systemRuntime } from '../../../src/shared/runtime.ts';
import { ledgerTable } from '../../../src/storage/stores.ts';
import { silentTelemetry } from '../../../src/telemetry/telemetry.ts';
import { connectionId, type LedgerWorld, startLedgerWorld, user } from './ledger-world.ts';

const put = { kind: 'put-group', displayName: 'Sales', description: null } as const;
const unreadable = { code: 'record-unreadable' };

describe('a record that cannot be read', () => {
  let world: LedgerWorld;
  let table: TableClient;
  let groupId: string;
  let count = 0;
  beforeAll(async () => {
    world = await startLedgerWorld();
    table = TableClient.fromConnectionString(world.azurite.connectionString, ledgerTable, {
      allowInsecureConnection: true,
    });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    count += 1;
    groupId = `g${count}`;
    await world.declare(groupId, put);
    await world.declare(groupId, { kind: 'patch-members', add: [user(1)], remove: [] });
  });

  const partition = () => partitionOfGroup(connectionId, groupId);
  const entityOf = (row: string) => table.getEntity<Record<string, unknown>>(partition(), row);
  async function damage(row: string, properties: Record<string, unknown>): Promise<void> {
    await table.updateEntity({ partitionKey: partition(), rowKey: row, ...properties }, 'Merge');
  }

  const damages: readonly (readonly [string, () => Promise<void>])[] = [
    ['is of a later format', () => damage(headRow(groupId), { format: 99 })],
    ['is no JSON', () => damage(headRow(groupId), { content0: Buffer.from('{"') })],
    ['lacks what a group has', () => damage(headRow(groupId), { content0: Buffer.from('{"groupId":"g"}') })],
  ];

  it.each(damages)(
    'because it %s, is left as it is, and whoever needs it hears so',
    async (_how, doDamage) => {
      await doDamage();
      const before = await entityOf(headRow(groupId));
      const { ledger } = world;
      for (const content of [put, { kind: 'delete-group' }, { kind: 'retry' }] as const)
        await expect(world.declare(groupId, content)).rejects.toMatchObject(unreadable);
      await expect(ledger.readGroup(connectionId, groupId)).rejects.toMatchObject(unreadable);
      await expect(ledger.listMembers(connectionId, groupId, {})).rejects.toMatchObject(unreadable);
      expect((await entityOf(headRow(groupId))).etag).toBe(before.etag);
    },
  );

  it.each(damages)('because it %s, is passed over by the list of groups', async (_how, doDamage) => {
    await doDamage();
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await world.ledger.listGroups(connectionId, cursor === undefined ? {} : { cursor });
      ids.push(...page.entries.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(ids).not.toContain(groupId);
    const { unreadable: passedOver } = await world.store.listHeads(
      partition(),
      { after: null, most: 100 },
      10_000,
    );
    expect(passedOver.map(({ rowKey }) => rowKey)).toContain(headRow(groupId));
  });

  it('keeps its look, and is named to the operator', async () => {
    await damage(headRow(groupId), { format: 99 });
    const before = await world.queued();
    const logged: string[] = [];
    await world.ledger.look(
      { connectionId, groupId, look: 7 },
      { log: (level, text) => void logged.push(`${level} ${text}`) },
    );
    expect(logged).toEqual([expect.stringMatching(new RegExp(`^error .*g\\.${groupId} .* format 99`))]);
    expect(await world.queued()).toBe(before + 1);
  });

  it('holds up only those changes that need a damaged page', async () => {
    await damage(pageRow(groupId, 0), { content0: Buffer.from('no page') });
    await expect(
      world.declare(groupId, { kind: 'patch-members', add: [user(2)], remove: [] }),
    ).rejects.toMatchObject(unreadable);
    expect(await world.declare(groupId, { ...put, displayName: 'Next' })).toMatchObject({ kind: 'settled' });
  });

  it('lets a queued change wait until a release that can read it takes it', async () => {
    await damage(headRow(groupId), { format: 99 });
    const rules = { idCharacters: 'alphanumeric', canonicalId: (id: string) => id } as const;
    const sent: object[] = [];
    const { declare, look } = world.ledger;
    const { work } = createChangeWorker(
      { declare, look, read: createReadChangeMessage(rules) },
      {
        send: async (_queue, content) => {
          sent.push({ content });
          return { messageId: '', popReceipt: '', insertedOn: 0 };
        },
        telemetry: silentTelemetry,
        runtime: systemRuntime,
        giveUpAfter: 60_000,
      },
    );
    const change = { connectionId, groupId, group: { displayName: 'Sales' }, sequence: 1 };
    const log = () => undefined;
    const metadata = { messageId: 'm', insertedOn: new Date(), traceContext: undefined, log };
    await work(Buffer.from(JSON.stringify(change)), metadata);
    expect(sent).toMatchObject([{ content: { ...change, attempts: 1 } }]);
  });
});
