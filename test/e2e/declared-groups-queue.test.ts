import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readLetter } from '../../cli/dead-letters/letter.ts';
import { createReaders } from '../../cli/dead-letters/readers.ts';
import { openStorage, type Storage } from '../support/storage.ts';
import { until } from '../support/until.ts';
import { type DeclaredClient, freshId, startDeclaredClient, user, users } from './declared-client.ts';

const problem = (code: string) => `urn:problem-type:${code}`;

describe('declared groups over the queue', () => {
  let client: DeclaredClient;
  let storage: Storage;
  beforeAll(async () => {
    client = await startDeclaredClient({ env: { EXTERNAL_CONNECTIONS: 'contosohr' } });
    storage = openStorage(client.stack.azurite.connectionString);
  });
  afterAll(() => client.close());
  beforeEach(async () => {
    client.stack.graph.reset();
    await storage.clear();
  });
  const connectionId = 'contosohr';
  const send = (content: object) => storage.sendJson({ connectionId, ...content }, 'changes');
  const deadLetter = () => until(async () => (await storage.deadLetters())[0] ?? null);

  it('takes a change as the data of an event, ordered by the time of the event', async () => {
    const groupId = freshId();
    const event = { specversion: '1.0', id: '1', source: '/hr', type: 'com.contoso.shift' };
    const change = (displayName: string) => ({ connectionId, groupId, group: { displayName } });
    const at = (second: number) => `2026-11-25T12:00:0${second}.0000000Z`;
    await storage.sendJson({ ...event, time: at(2), data: change('Later') }, 'changes');
    await until(async () => (await client.ask('GET', `/${groupId}`)).body.displayName === 'Later');
    await storage.sendJson({ ...event, time: at(1), data: change('Earlier') }, 'changes');
    await until(async () => (await storage.count('changes')) === 0);
    expect(await client.record(groupId, 'applied')).toMatchObject({
      displayName: 'Later',
      sequence: Date.parse(at(2)),
    });
  });

  it('does what HTTP does, in plain JSON or in base64, and whatever the order', async () => {
    const groupId = freshId();
    const text = JSON.stringify({ connectionId, groupId, sequence: 1, group: { displayName: 'Night' } });
    await storage.send('changes', text);
    await client.record(groupId, 'applied').catch(() => undefined);
    await until(async () => (client.inGraph(groupId) === null ? null : true));
    await send({ groupId, sequence: 3, members: users(2) });
    await until(() => (client.inGraph(groupId)?.length === 2 ? true : null));
    await send({ groupId, sequence: 5, remove: [user(1)] });
    await until(() => (client.inGraph(groupId)?.length === 1 ? true : null));
    // Older than the removal: the later sequence wins.
    await send({ groupId, sequence: 4, add: [user(1)] });
    await send({ groupId, sequence: 6, add: [user(3)] });
    await until(() => (client.inGraph(groupId)?.includes(user(3).id) ? true : null));
    expect(client.inGraph(groupId)).toEqual([user(2).id, user(3).id]);
    await send({ groupId, sequence: 7, delete: true });
    await until(() => (client.inGraph(groupId) === null ? true : null));
    expect(await storage.deadLetters()).toEqual([]);
  });

  it('tries again what failed, and writes all again', async () => {
    const { stack, ask } = client;
    const groupId = freshId();
    await ask('PUT', `/${groupId}`, {});
    const fault = { kind: 'status', status: 400, body: 'odata', code: 'InvalidRequest' } as const;
    stack.graph.setFaults([{ match: { operation: 'add-member' }, times: 1, fault }]);
    expect((await ask('PUT', `/${groupId}/members`, { members: users(3) })).status).toBe(422);
    await send({ groupId, retry: true });
    await client.record(groupId, 'applied');
    expect(client.inGraph(groupId)).toHaveLength(3);

    // Somebody else has removed a member, which Graph does not report.
    stack.graph.putGroup(connectionId, { id: groupId, displayName: null, description: null }, [user(1)]);
    await send({ groupId, reassert: true });
    await until(() => (client.inGraph(groupId)?.length === 3 ? true : null));
  });

  it.each([
    ['no JSON', '{"connectionId":', 'malformed-json'],
    ['a change without a sequence', { groupId: 'x', group: {} }, 'validation-failed'],
    ['two changes in one', { groupId: 'x', sequence: 1, group: {}, delete: true }, 'validation-failed'],
    [
      'a member by mail',
      { groupId: 'x', sequence: 1, add: [{ type: 'user', id: 'a@b.c' }] },
      'validation-failed',
    ],
    [
      'a foreign connection',
      { connectionId: 'other', groupId: 'x', sequence: 1, delete: true },
      'connection-not-allowed',
    ],
    [
      'a look at a foreign connection',
      { connectionId: 'other', groupId: 'x', look: 1 },
      'connection-not-allowed',
    ],
  ])('is a dead letter within one attempt with %s', async (_what, content, code) => {
    if (typeof content === 'string') await storage.send('changes', content);
    else await send(content);
    const letter = await deadLetter();
    expect(letter).toMatchObject({ queue: 'external-group-changes', error: { code } });
    const isReadable = code === 'connection-not-allowed';
    if (isReadable) expect(letter).toMatchObject(content as object);
    else {
      const raw = Buffer.from(String(letter.raw), 'base64').toString();
      expect(raw).toBe(typeof content === 'string' ? content : JSON.stringify({ connectionId, ...content }));
    }
    expect(await storage.count('changesPoison')).toBe(0);
    expect(client.stack.graph.calls().filter((call) => call.groupId === 'x')).toEqual([]);
  });

  it('is a dead letter with the counts if too many would be removed, and nothing is changed', async () => {
    const groupId = freshId();
    await client.ask('PUT', `/${groupId}?sequence=1`, {});
    await client.ask('PUT', `/${groupId}/members?sequence=1`, { members: users(12) });
    await send({ groupId, sequence: 2, members: [] });
    expect(await deadLetter()).toMatchObject({
      queue: 'external-group-changes',
      connectionId,
      groupId,
      sequence: 2,
      members: [],
      error: { code: 'too-many-removals', removals: 12 },
    });
    expect(client.inGraph(groupId)).toHaveLength(12);
    await send({ groupId, sequence: 3, members: [], removals: 12 });
    await until(() => (client.inGraph(groupId)?.length === 0 ? true : null));
  });

  it('is no dead letter if it was recorded and Graph refuses it', async () => {
    const groupId = freshId();
    const fault = { kind: 'status', status: 400, body: 'odata', code: 'InvalidRequest' } as const;
    client.stack.graph.setFaults([{ match: { operation: 'create-group' }, times: 1, fault }]);
    await send({ groupId, sequence: 1, group: {} });
    const record = await client.record(groupId, 'failed');
    expect(record).toMatchObject({ error: { type: problem('graph-rejected') } });
    await until(async () => ((await storage.count('changes')) === 0 ? true : null));
    expect(await storage.deadLetters()).toEqual([]);
  });

  it('takes what the published schema takes', async () => {
    const schema = JSON.parse(await readFile('docs/change.schema.json', 'utf8'));
    const isValid = new Ajv2020({ discriminator: true, strict: false }).compile(schema);
    expect(isValid({ connectionId, groupId: 'x', sequence: 1, add: users(2), remove: [user(9)] })).toBe(true);
    expect(isValid({ connectionId, groupId: 'x', sequence: 1, add: [{ type: 'user', id: 'x' }] })).toBe(
      false,
    );
    expect(isValid({ connectionId, groupId: 'x', add: users(2) })).toBe(false);
  });

  describe('and a creation that was queued before its group was deleted here', () => {
    const gone = async (groupId: string) => {
      expect([200, 202]).toContain((await client.ask('DELETE', `/${groupId}`)).status);
    };
    const superseded = { status: 'failed', error: { type: problem('superseded') } };

    it('that Graph had throttled is superseded', async () => {
      const groupId = freshId();
      client.stack.graph.setFaults([
        { match: { method: 'POST' }, fault: { kind: 'throttle', retryAfter: '2' }, times: 1 },
      ]);
      const accepted = await client.post({ id: groupId, displayName: 'Night' });
      expect(accepted.status).toBe(202);
      await gone(groupId);
      expect(await client.settled(accepted.body.id)).toMatchObject(superseded);
      expect(client.inGraph(groupId)).toBeNull();
      expect(await deadLetter()).toMatchObject({ error: { code: 'superseded' } });
    });

    it('is superseded also when its dead letter is redriven', async () => {
      const group = { id: freshId(), displayName: 'Night' };
      client.stack.graph.putGroup('contosohr', { ...group, displayName: 'other', description: null });
      const accepted = await client.post(group, { headers: { prefer: 'respond-async' } });
      expect(await client.settled(accepted.body.id)).toMatchObject({ status: 'failed' });
      await gone(group.id);
      const text = Buffer.from(JSON.stringify(await deadLetter())).toString('base64');
      const seen = { messageId: 'letter', insertedOn: new Date(), text };
      const { revival } = readLetter(seen, createReaders());
      if ('obstacle' in revival) throw new Error(revival.obstacle);
      await storage.sendJson(revival.toMessage({ id: 'redriven', queuedAt: new Date().toISOString() }));
      await until(async () => {
        const { body } = await client.get(`/api/operations/${accepted.body.id}`);
        return JSON.stringify(body).includes(problem('superseded'));
      });
      expect(client.inGraph(group.id)).toBeNull();
    });

    it('leaves one alone that was queued later', async () => {
      const groupId = freshId();
      client.stack.graph.putGroup('contosohr', { id: groupId, displayName: 'Night', description: null });
      await gone(groupId);
      await client.record(groupId, 'applied');
      const nextSecond = Math.floor(Date.now() / 1000) + 1;
      await until(() => Date.now() / 1000 > nextSecond);
      await storage.sendJson({ connectionId, group: { id: groupId } });
      await until(() => client.inGraph(groupId) !== null);
    });
  });
});

describe('a declared group while Graph does not answer as it should', () => {
  let client: DeclaredClient;
  beforeAll(async () => {
    client = await startDeclaredClient({ env: { GRAPH_DEADLINE: 'PT2S' }, ownStorage: true });
  });
  afterAll(() => client.close());
  beforeEach(() => client.stack.graph.reset());

  it('is 202 with the group’s own place here, and gets there by itself', async () => {
    const { ask, stack, inGraph } = client;
    const id = freshId();
    const fault = { kind: 'throttle', retryAfter: '1' } as const;
    stack.graph.setFaults([{ match: { operation: 'create-group' }, times: 2, fault }]);
    const reply = await ask('PUT', `/${id}`, {});
    expect(reply).toMatchObject({ status: 202, body: { id, state: 'applying' } });
    expect(reply.headers.get('location')).toBe(`/api/connections/contosohr/groups/${id}`);
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(reply.headers.get('preference-applied')).toBeNull();
    await client.record(id, 'applied');
    expect(inGraph(id)).toEqual([]);
  });

  it('is 202 if the caller prefers that, and members wait for their group', async () => {
    const { ask, inGraph } = client;
    const id = freshId();
    const prefer = { prefer: 'respond-async' };
    const put = await ask('PUT', `/${id}`, {}, prefer);
    expect(put.status).toBe(202);
    expect(put.headers.get('preference-applied')).toBe('respond-async');
    expect((await ask('PUT', `/${id}/members`, { members: users(3) }, prefer)).status).toBe(202);
    expect((await ask('PATCH', `/${id}/members`, { add: [user(4)] }, prefer)).status).toBe(202);
    await client.record(id, 'applied');
    expect(inGraph(id)).toEqual(users(4).map((member) => member.id));
    // If there is nothing to do, the response is immediate, whatever the preference.
    expect((await ask('PUT', `/${id}`, {}, prefer)).status).toBe(200);
  });

  it('gets there though the host is killed while Graph throttles', async () => {
    const { ask, stack, inGraph } = client;
    const id = freshId();
    await ask('PUT', `/${id}`, {});
    await ask('PUT', `/${id}/members`, { members: users(3) });
    stack.graph.setFaults([{ times: 3, fault: { kind: 'throttle', retryAfter: '1' } }]);
    const reply = await ask('PATCH', `/${id}/members`, { add: [user(4)], remove: [user(1)] });
    expect(reply.status).toBe(202);
    stack.host?.kill('SIGKILL');
    await stack.host?.exited;
    await stack.startHost();
    await client.record(id, 'applied');
    expect(inGraph(id)).toEqual([2, 3, 4].map((number) => user(number).id));
  });

  it('is answered within its deadline and two seconds while Graph is silent', async () => {
    const { ask, stack } = client;
    const id = freshId();
    stack.graph.setFaults([{ fault: { kind: 'hang' } }]);
    const reply = await ask('PUT', `/${id}`, {}, { prefer: 'wait=1' });
    expect(reply).toMatchObject({ status: 202, body: { state: 'applying' } });
  });

  // The last: it leaves nothing to go on with.
  it('is 503 without storage, and nothing is claimed', async () => {
    const { ask, stack } = client;
    await stack.azurite.close();
    stack.graph.reset();
    for (const [method, path, body, code] of [
      ['PUT', '/x', {}, 'deferral-unavailable'],
      ['DELETE', '/x', undefined, 'deferral-unavailable'],
      ['PUT', '/x?dryRun=true', {}, 'ledger-unavailable'],
      ['GET', '/x', undefined, 'ledger-unavailable'],
      ['GET', '', undefined, 'ledger-unavailable'],
    ] as const) {
      const reply = await ask(method, path, body);
      expect([reply.status, reply.body.type]).toEqual([503, problem(code)]);
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(stack.graph.calls()).toEqual([]);
  });
});
