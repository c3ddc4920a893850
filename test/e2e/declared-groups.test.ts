import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DeclaredClient, freshId, startDeclaredClient, user, users } from './declared-client.ts';

const problem = (code: string) => `urn:problem-type:${code}`;

describe('declared groups over HTTP', () => {
  let client: DeclaredClient;
  beforeAll(async () => {
    client = await startDeclaredClient({
      env: { EXTERNAL_CONNECTIONS: 'contosohr,unknown' },
      graph: { connections: ['other'] },
    });
  });
  afterAll(() => client.close());
  beforeEach(() => {
    client.stack.graph.reset();
    client.stack.identity.reset();
  });
  const calls = () => client.stack.graph.calls();

  describe('PUT of a group', () => {
    it('creates it, changes it, and does not call Graph if it is so already', async () => {
      const { ask, stack } = client;
      const id = freshId();
      const created = await ask('PUT', `/${id}`, { displayName: 'Night shift' });
      expect(created).toMatchObject({
        status: 200,
        body: {
          connectionId: 'contosohr',
          id,
          displayName: 'Night shift',
          description: null,
          deleted: false,
          state: 'applied',
          members: { applied: 0, applying: 0, failed: 0 },
          lastChangedDateTime: expect.any(String),
          lastAppliedDateTime: expect.any(String),
        },
      });
      expect(created.headers.get('x-request-id')).toMatch(/./);
      expect(stack.graph.groups()).toMatchObject([{ id, displayName: 'Night shift' }]);

      const before = calls().length;
      expect((await ask('PUT', `/${id}`, { id, displayName: 'Night shift', description: null })).status).toBe(
        200,
      );
      expect(calls()).toHaveLength(before);

      expect((await ask('PUT', `/${id}`, { description: 'Nights' })).body).toMatchObject({
        displayName: null,
        description: 'Nights',
      });
      expect(stack.graph.groups()).toMatchObject([{ id, displayName: null, description: 'Nights' }]);
    });

    it('takes over a group that is in Graph already', async () => {
      const { ask, stack } = client;
      const id = freshId();
      stack.graph.putGroup('contosohr', { id, displayName: 'Old', description: null });
      expect((await ask('PUT', `/${id}`, { displayName: 'New' })).status).toBe(200);
      expect(stack.graph.groups()).toMatchObject([{ id, displayName: 'New' }]);
    });

    it('is 409 in another spelling than recorded, and so is reading it', async () => {
      const { ask } = client;
      const id = freshId();
      await ask('PUT', `/${id}`, {});
      for (const reply of [
        await ask('PUT', `/${id.toUpperCase()}`, {}),
        await ask('DELETE', `/${id.toUpperCase()}`),
        await ask('GET', `/${id.toUpperCase()}`),
        await ask('GET', `/${id.toUpperCase()}/members`),
      ])
        expect([reply.status, reply.body.type]).toEqual([409, problem('group-conflict')]);
    });
  });

  describe('members', () => {
    it('are exactly those of a PUT, and what a PATCH adds and removes', async () => {
      const { ask, inGraph } = client;
      const id = freshId();
      await ask('PUT', `/${id}`, {});
      const put = await ask('PUT', `/${id}/members`, { members: [...users(3), user(1)] });
      expect(put).toMatchObject({ status: 200, body: { members: { applied: 3 }, state: 'applied' } });
      expect(inGraph(id)).toEqual(users(3).map((member) => member.id));
      const patched = await ask('PATCH', `/${id}/members`, { add: [user(4)], remove: [user(2), user(9)] });
      expect(patched).toMatchObject({ status: 200, body: { members: { applied: 3 } } });
      expect(inGraph(id)).toEqual([1, 3, 4].map((number) => user(number).id));

      const before = calls().length;
      expect((await ask('PUT', `/${id}/members`, { members: [user(1), user(3), user(4)] })).status).toBe(200);
      expect(calls()).toHaveLength(before);
    });

    it('may be users, groups of Entra and other external groups', async () => {
      const { ask } = client;
      const [id, other] = [freshId(), freshId()];
      await ask('PUT', `/${other}`, {});
      await ask('PUT', `/${id}`, {});
      const members = [user(1), { type: 'group', id: user(2).id }, { type: 'externalGroup', id: other }];
      expect((await ask('PUT', `/${id}/members`, { members })).status).toBe(200);
      const { body } = await ask('GET', `/${id}/members`);
      expect(body).toEqual({
        members: expect.arrayContaining(
          members.map((member) => ({ ...member, wanted: true, state: 'applied' })),
        ),
      });
    });

    it('of a group that was never PUT are recorded, and added as soon as it is', async () => {
      const { ask, inGraph } = client;
      const id = freshId();
      // Graph must report twice, two minutes apart, that there is no such group.
      const early = await ask('PUT', `/${id}/members`, { members: users(2) });
      expect(early).toMatchObject({ status: 202, body: { state: 'applying', members: { applying: 2 } } });
      expect(inGraph(id)).toBeNull();
      expect(await ask('PUT', `/${id}`, {})).toMatchObject({
        status: 200,
        body: { state: 'applied', members: { applied: 2, applying: 0 } },
      });
      expect(inGraph(id)).toEqual(users(2).map((member) => member.id));
    });

    it('are not emptied by mistake: 409 with both counts, and nothing is changed', async () => {
      const { ask, inGraph } = client;
      const id = freshId();
      await ask('PUT', `/${id}`, {});
      await ask('PUT', `/${id}/members`, { members: users(12) });
      const before = calls().length;
      const emptied = await ask('PUT', `/${id}/members`, { members: [] });
      expect(emptied).toMatchObject({
        status: 409,
        body: { type: problem('too-many-removals'), removals: 12, members: 12 },
      });
      expect((await ask('PUT', `/${id}/members?removals=11`, { members: [] })).status).toBe(409);
      const planned = await ask('PUT', `/${id}/members?dryRun=true`, { members: [] });
      expect(planned).toMatchObject({
        status: 200,
        body: {
          dryRun: true,
          group: 'unchanged',
          members: { add: 0, remove: 12, unchanged: 0 },
          refused: { type: problem('too-many-removals') },
        },
      });
      expect(calls()).toHaveLength(before);
      expect(inGraph(id)).toHaveLength(12);
      expect((await ask('PUT', `/${id}/members?removals=12`, { members: [] })).status).toBe(200);
      expect(inGraph(id)).toEqual([]);
    });

    it('that Graph refuses fail alone: 422 with counts and the record', async () => {
      const { ask, stack, inGraph } = client;
      const id = freshId();
      await ask('PUT', `/${id}`, {});
      const fault = { kind: 'status', status: 400, body: 'odata', code: 'InvalidRequest' } as const;
      stack.graph.setFaults([{ match: { operation: 'add-member' }, times: 1, fault }]);
      const reply = await ask('PUT', `/${id}/members`, { members: users(3) });
      expect(reply).toMatchObject({
        status: 422,
        body: {
          type: problem('members-refused'),
          graph: { status: 400, code: 'InvalidRequest', requestId: expect.any(String) },
          counts: { applied: 2, applying: 0, failed: 1 },
          record: { id, state: 'failed', members: { applied: 2, failed: 1 } },
        },
      });
      expect(inGraph(id)).toHaveLength(2);
      const failed = await ask('GET', `/${id}/members?state=failed`);
      expect(failed.body).toEqual({
        members: [
          { type: 'user', id: expect.any(String), wanted: true, state: 'failed', error: expect.any(Object) },
        ],
      });
      // What failed is retried by any change that names it.
      expect((await ask('PUT', `/${id}/members`, { members: users(3) })).status).toBe(200);
      expect(inGraph(id)).toHaveLength(3);
    });
  });

  describe('DELETE of a group', () => {
    it('lets it go, and declared again it starts empty', async () => {
      const { ask, inGraph } = client;
      const id = freshId();
      await ask('PUT', `/${id}`, {});
      await ask('PUT', `/${id}/members`, { members: users(2) });
      expect(await ask('DELETE', `/${id}`)).toMatchObject({
        status: 200,
        body: { deleted: true, state: 'applied', members: { applied: 0 } },
      });
      expect(inGraph(id)).toBeNull();
      expect((await ask('DELETE', `/${id}`)).status).toBe(200);
      expect((await ask('PUT', `/${id}`, {})).body).toMatchObject({ deleted: false });
      expect(inGraph(id)).toEqual([]);
    });
  });

  describe('a sequence', () => {
    it('lets the later change win however they arrive', async () => {
      const { ask } = client;
      const id = freshId();
      await ask('PUT', `/${id}?sequence=10`, { displayName: 'ten' });
      const late = await ask('PUT', `/${id}?sequence=9`, { displayName: 'nine' });
      expect(late).toMatchObject({
        status: 200,
        body: { superseded: true, displayName: 'ten', sequence: 10 },
      });
      const without = await ask('PUT', `/${id}`, { displayName: 'none' });
      expect([without.status, without.body.type]).toEqual([409, problem('sequence-required')]);
      const highest = await ask('PUT', `/${id}?sequence=${Number.MAX_SAFE_INTEGER}`, { displayName: 'last' });
      expect(highest).toMatchObject({ status: 200, body: { displayName: 'last' } });
    });

    it('lets several changes of members share one', async () => {
      const { ask, inGraph } = client;
      const id = freshId();
      await ask('PUT', `/${id}?sequence=1`, {});
      await ask('PATCH', `/${id}/members?sequence=5`, { add: [user(1)] });
      await ask('PATCH', `/${id}/members?sequence=5`, { add: [user(2)] });
      await ask('PATCH', `/${id}/members?sequence=4`, { remove: [user(1), user(2)] });
      expect(inGraph(id)).toEqual([user(1).id, user(2).id]);
    });
  });

  describe('a dry run', () => {
    it('computes with the same code, records nothing and does not call Graph', async () => {
      const { ask } = client;
      const id = freshId();
      const none = { add: 0, remove: 0, unchanged: 0 };
      expect(await ask('PUT', `/${id}?dryRun=true`, {})).toMatchObject({
        status: 200,
        body: { dryRun: true, group: 'create', members: none },
      });
      expect((await ask('GET', `/${id}`)).body.type).toBe(problem('group-not-managed'));
      await ask('PUT', `/${id}`, {});
      await ask('PUT', `/${id}/members`, { members: users(3) });
      const before = calls().length;
      const patched = await ask('PATCH', `/${id}/members?dryRun=true`, { add: [user(9)], remove: [user(1)] });
      expect(patched.body).toMatchObject({
        group: 'unchanged',
        members: { add: 1, remove: 1, unchanged: 2 },
      });
      expect((await ask('DELETE', `/${id}?dryRun=true`)).body).toMatchObject({ group: 'delete' });
      expect((await ask('PUT', `/${id}?dryRun=true`, { displayName: 'x' })).body).toMatchObject({
        group: 'update',
      });
      expect(calls()).toHaveLength(before);
    });
  });

  describe('what Graph refuses is recorded anyway', () => {
    it('404 if it does not know the connection', async () => {
      const { stack } = client;
      const path = `${stack.host?.url}/api/connections/unknown/groups/${freshId()}`;
      const headers = { 'x-functions-key': stack.functionKey, 'content-type': 'application/json' };
      const reply = await fetch(path, { method: 'PUT', headers, body: '{}' });
      expect(reply.status).toBe(404);
      expect(await reply.json()).toMatchObject({ type: problem('connection-not-found') });
      const read = await fetch(path, { headers });
      expect(await read.json()).toMatchObject({
        state: 'failed',
        error: { type: problem('connection-not-found') },
      });
    });

    it('422 if it refuses the payload', async () => {
      const { ask, stack } = client;
      const id = freshId();
      const fault = { kind: 'status', status: 400, body: 'odata', code: 'InvalidRequest' } as const;
      stack.graph.setFaults([{ match: { method: 'POST' }, times: 1, fault }]);
      const reply = await ask('PUT', `/${id}`, {});
      expect(reply).toMatchObject({
        status: 422,
        body: { type: problem('graph-rejected'), graph: { status: 400, code: 'InvalidRequest' } },
      });
      expect((await ask('GET', `/${id}`)).body).toMatchObject({
        state: 'failed',
        error: { type: problem('graph-rejected') },
      });
    });

    it('502 with a hint if it refuses the identity', async () => {
      const { ask, stack } = client;
      stack.graph.denyRole(true);
      const reply = await ask('PUT', `/${freshId()}`, {});
      expect(reply).toMatchObject({
        status: 502,
        body: {
          type: problem('graph-access-denied'),
          hint: expect.stringContaining('ExternalItem.ReadWrite'),
        },
      });
    });
  });

  describe('reading', () => {
    it('answers 404 for what was never declared', async () => {
      for (const path of ['', '/members']) {
        const reply = await client.ask('GET', `/${freshId()}${path}`);
        expect([reply.status, reply.body.type]).toEqual([404, problem('group-not-managed')]);
      }
    });

    it('lists every declared group once, whatever the pages', async () => {
      const { ask } = client;
      const ids = Array.from({ length: 5 }, freshId);
      for (const id of ids) await ask('PUT', `/${id}`, {});
      const [first = ''] = ids;
      await ask('DELETE', `/${first}`);
      const seen: Record<string, unknown>[] = [];
      let cursor = '';
      do {
        const { status, body } = await ask(
          'GET',
          cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`,
        );
        expect(status).toBe(200);
        seen.push(...(body.groups as Record<string, unknown>[]));
        cursor = typeof body.next === 'string' ? body.next : '';
        expect(cursor).not.toContain(first);
      } while (cursor !== '');
      for (const id of ids) expect(seen.filter((record) => record.id === id)).toHaveLength(1);
    });

    it('refuses a cursor of another list, or one that is made up', async () => {
      const { ask } = client;
      const id = freshId();
      await ask('PUT', `/${id}`, {});
      const { body } = await ask('GET', '');
      expect(body.next).toEqual(expect.any(String));
      for (const cursor of [String(body.next), 'x', '../..', 'W10'])
        expect(await ask('GET', `/${id}/members?cursor=${encodeURIComponent(cursor)}`)).toMatchObject({
          status: 400,
          body: { errors: [{ in: 'query', pointer: '/cursor' }] },
        });
    });
  });

  describe('who may call', () => {
    it.each([
      ['GET', ''],
      ['GET', '/x'],
      ['PUT', '/x'],
      ['DELETE', '/x'],
      ['GET', '/x/members'],
      ['PUT', '/x/members'],
      ['PATCH', '/x/members'],
    ])('%s groups%s needs a key, before anything else', async (method, path) => {
      const body = method === 'GET' || method === 'DELETE' ? undefined : '{';
      const reply = await client.ask(method, path, body, { 'x-functions-key': undefined });
      expect(reply.status).toBe(401);
    });

    it('answers 403 for a connection that is not on the list', async () => {
      const { stack } = client;
      const headers = { 'x-functions-key': stack.functionKey, 'content-type': 'application/json' };
      for (const [method, path] of [
        ['PUT', '/x'],
        ['DELETE', '/x'],
        ['GET', '/x'],
        ['GET', ''],
        ['GET', '/x/members'],
      ] as const) {
        const reply = await fetch(`${stack.host?.url}/api/connections/other/groups${path}`, {
          method,
          headers,
          ...(method === 'PUT' ? { body: '{}' } : {}),
        });
        expect(reply.status).toBe(403);
        expect(await reply.json()).toMatchObject({ type: problem('connection-not-allowed') });
      }
    });

    it.each(['POST', 'PATCH', 'OPTIONS'])('knows no %s of a group', async (method) => {
      const reply = await client.ask(method, '/x');
      expect([404, 405]).toContain(reply.status);
    });
  });

  describe('an invalid request', () => {
    it.each([
      ['a slash', 'a%2Fb'],
      ['a dot', 'a.b'],
      ['a space', 'a%20b'],
      ['129 characters', 'x'.repeat(129)],
      ['letters beyond ASCII', '%C3%A4'],
    ])('is 400 for an id with %s', async (_what, id) => {
      const reply = await client.ask('PUT', `/${id}`, {});
      expect(reply).toMatchObject({ status: 400, body: { errors: [{ in: 'path', pointer: '/groupId' }] } });
    });

    it('is 400 for a null byte, by the host itself', async () => {
      const reply = await client.ask('PUT', '/a%00b', {});
      expect([reply.status, reply.body]).toEqual([400, {}]);
    });

    it('is 400 for a duplicate name in a member', async () => {
      const body = '{"members":[{"type":"user","id":"x","id":"00000000-0000-4000-8000-000000000001"}]}';
      const reply = await client.ask('PUT', '/x/members', body);
      expect([reply.status, reply.body.type]).toEqual([400, problem('malformed-json')]);
    });

    it('is 400 for UTF-16 and 415 for what is packed', async () => {
      const text = Buffer.from('{"members":[]}', 'utf16le');
      expect((await client.ask('PUT', '/x/members', text)).body.type).toBe(problem('malformed-json'));
      const packed = await client.ask('PUT', '/x/members', '{}', { 'content-encoding': 'gzip' });
      expect([packed.status, packed.body.type]).toEqual([415, problem('unsupported-media-type')]);
    });

    it('stays short in its answer to 4 MiB of wrong members', async () => {
      const body = `{"members":[${'1,'.repeat(2_000_000)}1]}`;
      const reply = await client.ask('PUT', '/x/members', body);
      expect(reply.status).toBe(400);
      expect(JSON.stringify(reply.body).length).toBeLessThan(20_000);
    });

    it('is 413 for 50,001 members, and 411 for a body without a length, which blocks nobody', async () => {
      const many = await client.ask('PUT', '/x/members', { members: users(50_001) });
      expect([many.status, many.body.type]).toEqual([413, problem('too-many-members')]);
      const piece = new TextEncoder().encode(' '.repeat(65_536));
      const endless = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(piece) });
      const reply = await client.ask('PUT', '/x/members', endless);
      expect([reply.status, reply.body.type]).toEqual([411, problem('length-required')]);
      expect((await client.ask('PUT', `/${freshId()}`, {})).status).toBe(200);
    });

    it('answers every caller although one sends nothing more', async () => {
      const { stack, ask } = client;
      const { hostname, port } = new URL(stack.host?.url ?? '');
      const socket = connect(Number(port), hostname);
      socket.write(
        `PUT /api/connections/contosohr/groups/slow/members HTTP/1.1\r\nhost: x\r\nx-functions-key: ${stack.functionKey}\r\n` +
          'content-type: application/json\r\ncontent-length: 4000000\r\n\r\n{"members":[',
      );
      const answered = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
      expect((await ask('PUT', `/${freshId()}`, {})).status).toBe(200);
      // The host reads the whole body before it asks the app, and waits for five seconds.
      expect(await answered).toMatch(/^HTTP\/1\.1 500 .*\r\ncontent-length: 0\r\n/s);
      socket.destroy();
    });
  });

  it('has no member id, name, key or token in its log', async () => {
    const { ask, stack } = client;
    const id = freshId();
    await ask('PUT', `/${id}`, { displayName: 'Secret name' });
    await ask('PUT', `/${id}/members`, { members: users(2, 777_000) });
    await ask('PUT', `/${id}/members`, { members: [{ type: 'user', id: 'ann@contoso.com' }] });
    const lines = stack.hostLines().join('\n');
    for (const secret of [user(777_000).id, 'Secret name', 'ann@contoso.com', stack.functionKey, 'eyJ'])
      expect(lines).not.toContain(secret);
  });
});
