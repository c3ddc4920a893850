import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
    expect(await world.takeLooks()).toEqual([]);
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
    expect(await world.declarations.ledger.listMembers(connectionId, groupId, {})).toEqual({
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
    world.intercept = () => ({ kind: 'not-begun', why: 'Graph asks to wait', graph, retryAfter: 1 });
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
    expect(await world.declarations.ledger.readGroup(connectionId, groupId)).toMatchObject({
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
    if (look !== undefined) await world.look(look);
    expect(await world.declarations.ledger.readGroup(connectionId, groupId)).toMatchObject({
      state: 'applied',
    });
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
});
