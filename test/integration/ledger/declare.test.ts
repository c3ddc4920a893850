import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newTrace } from '../../../src/telemetry/trace-context.ts';
import { connectionId, type LedgerWorld, startLedgerWorld, user } from './ledger-world.ts';

describe('declaring a group', () => {
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
    world.events.length = 0;
    world.intercept = () => undefined;
  });
  const put = { kind: 'put-group', displayName: 'Sales', description: null } as const;

  it('creates it, and a second time does not call Graph', async () => {
    expect(await world.declare(groupId, put)).toMatchObject({
      kind: 'settled',
      record: { id: groupId, displayName: 'Sales', deleted: false, state: 'applied' },
    });
    expect(world.groups.get(groupId)?.properties.displayName).toBe('Sales');
    expect(await world.declare(groupId, put)).toMatchObject({ kind: 'settled' });
    expect(world.writes.map(({ kind }) => kind)).toEqual(['create-group']);
    expect(await world.queued()).toBe(0);
  });

  it('counts a superseded change from the queue, of whose fate its sender does not hear', async () => {
    await world.declare(groupId, { ...put, sequence: 7 });
    world.metrics.length = 0;
    const late = { ...put, connectionId, groupId, displayName: 'Old', sequence: 6 };
    const options = { patience: 10_000, trace: newTrace(), log: () => undefined };
    await world.ledger.declare(late, { ...options, source: 'http' });
    expect(world.metrics).toEqual([]);
    await world.ledger.declare(late, { ...options, source: 'queue' });
    expect(world.metrics).toEqual([{ name: 'externalGroups.changes.superseded', value: 1 }]);
  });

  it('changes what exists already with other properties', async () => {
    world.groups.set(groupId, { properties: { displayName: 'Old', description: 'x' }, members: new Set() });
    expect(await world.declare(groupId, put)).toMatchObject({ kind: 'settled' });
    expect(world.groups.get(groupId)?.properties).toEqual({ displayName: 'Sales', description: null });
    expect(world.writes.map(({ kind }) => kind)).toEqual(['create-group', 'update-group']);
  });

  it('adds members, and removes those that an exact list leaves out', async () => {
    await world.declare(groupId, put);
    expect(
      await world.declare(groupId, { kind: 'put-members', members: [user(1), user(2), user(3)] }),
    ).toMatchObject({ kind: 'settled', record: { members: { applied: 3, applying: 0, failed: 0 } } });
    world.writes.length = 0;
    expect(await world.declare(groupId, { kind: 'put-members', members: [user(2), user(4)] })).toMatchObject({
      kind: 'settled',
      record: { members: { applied: 2 } },
    });
    expect(world.writes.map(({ kind }) => kind)).toEqual(['remove-member', 'remove-member', 'add-member']);
    expect([...(world.groups.get(groupId)?.members ?? [])].sort()).toEqual(
      [user(2), user(4)].map(({ id }) => `user:${id}`),
    );
    expect(await world.ledger.listMembers(connectionId, groupId, {})).toEqual({
      groupId,
      entries: [user(2), user(4)].map((member) => ({ ...member, wanted: true, state: 'applied' })),
    });
  });

  it('removes a member that the ledger never had with one call', async () => {
    await world.declare(groupId, put);
    const removal = await world.declare(groupId, { kind: 'patch-members', add: [], remove: [user(9)] });
    expect(removal).toMatchObject({ kind: 'settled', record: { state: 'applied' } });
    expect(world.writes.map(({ kind }) => kind)).toEqual(['create-group', 'remove-member']);
  });

  it('deletes it, and starts empty when it is declared again', async () => {
    await world.declare(groupId, put);
    await world.declare(groupId, { kind: 'put-members', members: [user(1)] });
    expect(await world.declare(groupId, { kind: 'delete-group' })).toMatchObject({
      kind: 'settled',
      record: { deleted: true, state: 'applied', members: { applied: 0, applying: 0, failed: 0 } },
    });
    expect(world.groups.has(groupId)).toBe(false);
    expect(await world.declare(groupId, put)).toMatchObject({ kind: 'settled', record: { deleted: false } });
    expect(world.groups.get(groupId)?.members.size).toBe(0);
  });

  it('tells what has changed, with counts and without a member', async () => {
    await world.declare(groupId, put);
    await world.declare(groupId, { kind: 'put-members', members: [user(1), user(2)] });
    await world.declare(groupId, { kind: 'patch-members', add: [], remove: [user(1)] });
    expect(world.events).toMatchObject([
      { name: 'ExternalGroupChanged', fields: { groupId, change: 'created', added: 0, removed: 0 } },
      { name: 'ExternalGroupChanged', fields: { change: 'members', added: 2, removed: 0 } },
      { name: 'ExternalGroupChanged', fields: { change: 'members', added: 0, removed: 1 } },
    ]);
    expect(JSON.stringify(world.events)).not.toContain('00000000-');
  });

  it('leaves to a look what Graph throttles, and the look carries it out', async () => {
    const graph = { status: 429, code: 'TooManyRequests', requestId: null };
    world.intercept = () => ({ kind: 'throttled', why: 'Graph asks to wait', graph, retryAfter: 1 });
    expect(await world.declare(groupId, put)).toMatchObject({
      kind: 'recorded',
      record: { state: 'applying', error: { type: 'urn:problem-type:graph-unavailable' } },
    });
    expect(world.events).toEqual([
      {
        name: 'ExternalGroupPostponed',
        fields: {
          connectionId,
          groupId,
          source: 'http',
          operationId: '',
          attempts: 1,
          failed: 0,
          reason: 'throttled',
          code: 'graph-unavailable',
          age: expect.any(Number),
          graphStatus: 429,
          graphCode: 'TooManyRequests',
        },
      },
    ]);
    world.intercept = () => undefined;
    const deadline = performance.now() + 20_000;
    while (!world.groups.has(groupId) && performance.now() < deadline)
      for (const look of await world.takeLooks()) await world.look(look);
    expect(await world.ledger.readGroup(connectionId, groupId)).toMatchObject({
      state: 'applied',
    });
  });

  it('records only, if nobody waits', async () => {
    expect(await world.declare(groupId, put, 0)).toMatchObject({
      kind: 'recorded',
      record: { state: 'applying' },
    });
    expect(world.writes).toEqual([]);
    const [look] = await world.takeLooks();
    expect(look).toEqual({ connectionId, groupId, look: 1 });
    const queued = await world.queued();
    if (look !== undefined) await world.look(look);
    expect(await world.ledger.readGroup(connectionId, groupId)).toMatchObject({
      state: 'applied',
    });
    // The look that would have taken over is not left to be read for nothing.
    expect(await world.queued()).toBe(queued);
  });

  it('adds members that were declared before their group as soon as it is there', async () => {
    expect(await world.declare(groupId, { kind: 'put-members', members: [user(1), user(2)] })).toMatchObject({
      record: { state: 'applying', members: { applying: 2 } },
    });
    expect(await world.declare(groupId, put)).toMatchObject({
      kind: 'settled',
      record: { state: 'applied' },
    });
    expect(world.groups.get(groupId)?.members.size).toBe(2);
  });

  describe('while Graph refuses the identity', () => {
    const denied = {
      kind: 'denied',
      graph: { status: 403, code: 'Forbidden', requestId: null },
    } as const;
    const problem = 'urn:problem-type:graph-access-denied';
    const read = () => world.ledger.readGroup(connectionId, groupId);
    const failures = () => world.events.filter(({ name }) => name === 'ExternalGroupFailed');

    it('is recorded as failed with that problem, tried again by itself, and told once', async () => {
      world.intercept = () => denied;
      expect(await world.declare(groupId, put)).toMatchObject({
        kind: 'failed',
        problem: { code: 'graph-access-denied' },
        record: { state: 'failed' },
      });
      expect(await read()).toMatchObject({
        state: 'failed',
        nextAttemptDateTime: expect.any(String),
        error: { type: problem },
      });
      const failed = await world.ledger.listGroups(connectionId, { state: 'failed' });
      expect(JSON.stringify(await allGroups(failed.next, failed.entries))).toContain(`"${groupId}"`);
      expect(failures()).toMatchObject([
        {
          fields: { code: 'graph-access-denied', graphStatus: 403, added: 0, removed: 0, failed: 0 },
        },
      ]);

      world.ahead += 3_600_000;
      world.intercept = () => undefined;
      // Its look is put off until the next attempt; it is that time now.
      await world.look({ connectionId, groupId, look: 2 });
      expect(await read()).toMatchObject({ state: 'applied' });
    });

    it('asks Graph again when the same is declared once more', async () => {
      world.intercept = () => denied;
      await world.declare(groupId, put);
      expect(await world.declare(groupId, put)).toMatchObject({ kind: 'failed' });
      expect(world.writes).toHaveLength(2);
      expect(failures()).toHaveLength(1);
      world.intercept = () => undefined;
      expect(await world.declare(groupId, put)).toMatchObject({ kind: 'settled' });
      expect(await read()).not.toHaveProperty('error');
    });

    async function allGroups(next: string | undefined, found: readonly object[]): Promise<object[]> {
      const all = [...found];
      for (let cursor = next; cursor !== undefined; ) {
        const page = await world.ledger.listGroups(connectionId, { state: 'failed', cursor });
        all.push(...page.entries);
        cursor = page.next;
      }
      return all;
    }
  });

  it('records a change of nobody of a group that was never declared', async () => {
    const nobody = { kind: 'patch-members', add: [], remove: [] } as const;
    expect(await world.declare(groupId, nobody)).toMatchObject({ kind: 'settled' });
    expect(await world.declare(groupId, { ...nobody, sequence: 4 })).toMatchObject({ kind: 'settled' });
    const read = await world.ledger.readGroup(connectionId, groupId);
    expect(Date.parse(read?.lastChangedDateTime ?? '')).toBeGreaterThan(Date.UTC(2020));
  });
});
