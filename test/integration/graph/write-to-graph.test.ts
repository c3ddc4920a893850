import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listen } from '../../../local/stack/listen.ts';
import type { GraphFault } from '../../../local/stand-ins/graph/faults.ts';
import type { GraphWrite } from '../../../src/groups/graph-write.ts';
import type { Member } from '../../../src/groups/member.ts';
import { attemptWithin, type GraphClient, openGraphClient } from './graph-client.ts';

const group = { id: 'g1', displayName: 'Łódź', description: 'two\nlines' };
const ann: Member = { type: 'user', id: '0f8fad5b-d9cb-469f-a165-70867728950e' };

const create: GraphWrite = { kind: 'create-group', group };
const update: GraphWrite = { kind: 'update-group', group: { id: 'g1', displayName: 'New' } };
const remove: GraphWrite = { kind: 'delete-group', groupId: 'g1' };
const add: GraphWrite = { kind: 'add-member', groupId: 'g1', member: ann };
const dismiss: GraphWrite = { kind: 'remove-member', groupId: 'g1', member: ann };
const writes = [create, update, remove, add, dismiss];
const named = writes.map((write) => [write.kind, write] as const);

describe('a write of a declared group', () => {
  let client: GraphClient;
  beforeAll(async () => {
    client = await openGraphClient();
    // Loads the SDKs, whose loading time would otherwise count against the first test's deadline.
    await client.read('contosohr', 'none', attemptWithin(60_000));
  });
  afterAll(() => client.close());
  beforeEach(() => client.reset());

  const write = (what: GraphWrite, ms = 60_000, connectionId = 'contosohr') =>
    client.write(connectionId, what, attemptWithin(ms));
  const read = (groupId = 'g1') => client.read('contosohr', groupId, attemptWithin(60_000));
  const fail = (fault: GraphFault) => client.graph.setFaults([{ fault }]);
  const seen = () => client.graph.calls().map(({ operation, status }) => `${operation} ${status}`);
  /** Sets up the write: a group that exists or not, with or without Ann. */
  const prepare = ({ kind }: GraphWrite) => {
    if (kind !== 'create-group')
      client.graph.putGroup(
        'contosohr',
        { ...group, description: 'old' },
        kind === 'remove-member' ? [ann] : [],
      );
  };

  it('takes a group through its life, one call a write', async () => {
    expect(await write(create)).toMatchObject({ kind: 'ok' });
    expect(await write(update)).toEqual({ kind: 'ok' });
    for (const member of [ann, { type: 'externalGroup', id: 'A_b-1' } as const])
      expect(await write({ kind: 'add-member', groupId: 'g1', member })).toEqual({ kind: 'ok' });
    expect(client.graph.groups()).toEqual([
      {
        connectionId: 'contosohr',
        id: 'g1',
        displayName: 'New',
        description: null,
        members: [ann, { type: 'externalGroup', id: 'A_b-1' }],
      },
    ]);
    expect(await write(dismiss)).toEqual({ kind: 'ok' });
    expect(client.graph.groups()[0]?.members).toHaveLength(1);
    expect(await write(remove)).toEqual({ kind: 'ok' });
    expect(seen()).toEqual([
      'create-group 201',
      'update-group 204',
      'add-member 201',
      'add-member 201',
      'remove-member 204',
      'delete-group 204',
    ]);
  });

  it('says what is already so', async () => {
    await write(create);
    expect(await write(create)).toMatchObject({ kind: 'exists', graph: { status: 409 } });
    await write(add);
    expect(await write(add)).toEqual({ kind: 'ok' });
    fail({ kind: 'status', status: 400, body: 'odata', code: 'memberAlreadyExists' });
    expect(await write(add)).toEqual({ kind: 'ok' });
    expect(await write(create)).toMatchObject({ kind: 'exists' });
  });

  it.each(named.slice(1))('(%s) finds the group absent', async (_, what) => {
    expect(await write(what)).toMatchObject({
      kind: 'absent',
      graph: { status: 404, code: 'ResourceNotFound' },
    });
  });

  it('finds a member that is not there absent', async () => {
    await write(create);
    expect(await write(dismiss)).toMatchObject({ kind: 'absent' });
  });

  it.each(named)('(%s) finds the connection absent', async (_, what) => {
    expect(await write(what, 3_000, 'unknown')).toMatchObject({ kind: 'absent' });
  });

  it.each(named)('(%s) is refused', async (_, what) => {
    fail({ kind: 'status', status: 400, body: 'odata', code: 'InvalidRequest' });
    expect(await write(what)).toMatchObject({
      kind: 'refused',
      graph: { status: 400, code: 'InvalidRequest' },
    });
  });

  it('does not take a 409 to an addition for success if it does not say that the member exists', async () => {
    await write(create);
    fail({ kind: 'status', status: 409, body: 'odata', code: 'Conflict' });
    expect(await write(add)).toMatchObject({ kind: 'exists', graph: { status: 409, code: 'Conflict' } });
  });

  it.each(named.slice(1).filter(([kind]) => kind !== 'add-member'))(
    '(%s) is not begun if it is in conflict',
    async (_, what) => {
      fail({ kind: 'status', status: 409, body: 'odata', code: 'Conflict' });
      expect(await write(what)).toMatchObject({ kind: 'not-begun', graph: { status: 409 } });
    },
  );

  it.each(named)('(%s) is not begun if what it is about is locked', async (_, what) => {
    fail({ kind: 'status', status: 423, body: 'odata', code: 'Locked' });
    expect(await write(what)).toMatchObject({ kind: 'not-begun', graph: { status: 423 } });
  });

  it.each(named)('(%s) is denied after 403 with two tokens', async (_, what) => {
    client.graph.denyRole(true);
    expect(await write(what)).toMatchObject({ kind: 'denied', graph: { status: 403 } });
  });

  it.each(named)('(%s) is not begun if Graph asks to wait', async (_, what) => {
    fail({ kind: 'throttle', retryAfter: '2.5' });
    expect(await write(what)).toMatchObject({ kind: 'throttled', retryAfter: 2.5, graph: { status: 429 } });
    expect(seen()).toHaveLength(1);
  });

  describe.each(named)('(%s)', (_, what) => {
    it.each<[string, GraphFault, number | null]>([
      ['500', { kind: 'status', status: 500, body: 'odata', commit: true }, null],
      ['408', { kind: 'status', status: 408, body: 'odata', commit: true }, null],
      ['503 with a wait', { kind: 'status', status: 503, headers: { 'retry-after': '7' }, commit: true }, 7],
      ['502 in HTML', { kind: 'status', status: 502, body: 'html', commit: true }, null],
      ['a page in place of the answer', { kind: 'status', status: 200, body: 'html', commit: true }, null],
      ['half a JSON', { kind: 'status', status: 201, body: 'broken-json', commit: true }, null],
      ['a redirect', { kind: 'redirect', location: 'https://localhost:1/elsewhere' }, null],
      ['a reset', { kind: 'reset', commit: true }, null],
      ['an answer that will land late', { kind: 'late', ms: 600_000, answer: 'gateway-timeout' }, null],
    ])('is silent after %s', async (_fault, fault, retryAfter) => {
      prepare(what);
      client.graph.setFaults([{ fault }]);
      expect(await write(what)).toMatchObject({ kind: 'silent', retryAfter });
      expect(seen()).toHaveLength(1);
    });

    it('is silent at its deadline, and takes effect later', async () => {
      prepare(what);
      client.graph.setFaults([{ fault: { kind: 'late', ms: 600_000 } }]);
      expect(await write(what, 200)).toMatchObject({ kind: 'silent', graph: null });
      expect(client.graph.landNow()).toBe(1);
      expect(client.graph.counters().writes).toEqual({ [what.kind]: 1 });
    });
  });

  it('is not begun without a connection', async () => {
    const { port, close } = await listen(createServer());
    await close();
    const nowhere = client.newClient(`https://localhost:${port}`);
    for (const what of writes)
      expect(await nowhere.write('contosohr', what, attemptWithin(60_000))).toMatchObject({
        kind: 'not-begun',
        graph: null,
        why: expect.stringContaining('no connection'),
      });
  });

  it.each(['..', '.', ''])('with the id %j never reaches another resource', async (id) => {
    await write(create);
    const member = { type: 'externalGroup', id } as const;
    expect(await write({ kind: 'remove-member', groupId: 'g1', member })).toMatchObject({
      kind: 'not-begun',
    });
    expect(await write({ kind: 'delete-group', groupId: id })).toMatchObject({ kind: 'not-begun' });
    expect(client.graph.groups()).toHaveLength(1);
  });

  it('encodes every id in the path', async () => {
    await write(create);
    const member = { type: 'externalGroup', id: '../../g1?a#b' } as const;
    expect(await write({ kind: 'remove-member', groupId: 'g1', member })).toMatchObject({ kind: 'absent' });
    expect(client.graph.calls().at(-1)).toMatchObject({ operation: 'remove-member', memberId: member.id });
    expect(client.graph.groups()).toHaveLength(1);
  });

  it('reads a group as it is', async () => {
    await write(create);
    expect(await read()).toEqual({ kind: 'ok', group });
    expect(await read('other')).toMatchObject({ kind: 'absent', graph: { status: 404 } });
    client.graph.hideGroup('contosohr', 'g1');
    expect(await read()).toMatchObject({ kind: 'absent' });
    fail({ kind: 'status', status: 200, body: 'html' });
    expect(await read()).toMatchObject({ kind: 'silent' });
    fail({ kind: 'throttle', retryAfter: '3' });
    expect(await read()).toMatchObject({ kind: 'throttled', retryAfter: 3 });
  });
});
