import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GraphAnswer } from '../../../src/groups/graph-answer.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';
import { connectionId, type LedgerWorld, startLedgerWorld, user } from './ledger-world.ts';

const put = { kind: 'put-group', displayName: 'Sales', description: null } as const;
const throttled: GraphAnswer = { kind: 'throttled', why: '429', graph: null, retryAfter: 60 };
const refused: GraphAnswer = { kind: 'refused', graph: { status: 400, code: null, requestId: null } };
const log = () => undefined;

describe('what the sender of a change hears', () => {
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
    world.ahead = 0;
    world.asked.clear();
    world.intercept = () => undefined;
  });

  it('sent again with the same sequence, is how the record stands', async () => {
    const change = { ...put, sequence: 5 };
    world.intercept = () => throttled;
    expect(await world.declare(groupId, change)).toMatchObject({ kind: 'recorded' });
    const again = await world.declare(groupId, change);
    expect(again).toMatchObject({ kind: 'recorded', superseded: true, record: { state: 'applying' } });
    world.intercept = () => refused;
    world.ahead = 120_000;
    await world.look({ connectionId, groupId, look: await lookOf() });
    const failed = await world.declare(groupId, change);
    expect(failed).toMatchObject({ kind: 'failed', superseded: true, problem: { code: 'graph-rejected' } });
    world.intercept = () => undefined;
    await world.declare(groupId, { ...put, sequence: 6 });
    expect(await world.declare(groupId, change)).toMatchObject({ kind: 'settled', superseded: true });
  });

  it('is when it was changed: between the request and its answer, give or take a second', async () => {
    const arrival = Date.now();
    const { record } = (await world.declare(groupId, put)) as { record: { lastChangedDateTime: string } };
    const changed = Date.parse(record.lastChangedDateTime);
    expect(changed).toBeGreaterThanOrEqual(arrival - 1_000);
    expect(changed).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  it('names the connection as the setting does, in whichever spelling it was recorded', async () => {
    const other = 'ContosoHR';
    const options = { source: 'http', patience: 10_000, trace: newTrace(), log } as const;
    await world.ledger.declare({ connectionId: other, groupId, ...put }, options);
    expect([...world.asked]).toEqual([other]);
    world.asked.clear();
    const serving = world.open({ patches: { connections: ['contosohr'] } });
    const change = { connectionId: 'contosohr', groupId, ...put, displayName: 'Next' };
    expect(await serving.declare(change, options)).toMatchObject({
      kind: 'settled',
      record: { connectionId: 'contosohr', displayName: 'Next' },
    });
    expect([...world.asked]).toEqual(['contosohr']);
    expect((await serving.readGroup('CONTOSOHR', groupId))?.connectionId).toBe('contosohr');
  });

  it('says nothing of Graph where nothing was asked', async () => {
    const { record } = (await world.declare(groupId, { kind: 'put-members', members: [] })) as {
      record: object;
    };
    expect(record).toMatchObject({ state: 'applied' });
    expect(record).not.toHaveProperty('lastAppliedDateTime');
  });

  it('of a removal alone, is at last that Graph has no such group', async () => {
    const removal = { kind: 'patch-members', add: [], remove: [user(1)] } as const;
    expect(await world.declare(groupId, removal)).toMatchObject({ kind: 'recorded' });
    world.ahead = 240_000;
    await world.look({ connectionId, groupId, look: await lookOf() });
    expect(await world.ledger.readGroup(connectionId, groupId)).toMatchObject({
      state: 'failed',
      error: { type: 'urn:problem-type:group-not-found' },
    });
  });

  async function lookOf(): Promise<number> {
    return (await world.store.readHead(connectionId, groupId, 10_000)).stored?.head.look ?? 0;
  }
});
