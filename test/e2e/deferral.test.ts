import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaultRule, GraphFault } from '../../local/stand-ins/graph/faults.ts';
import { operationIdOf } from '../../src/groups/operation-id.ts';
import { openStorage, type Storage } from '../support/storage.ts';
import { until } from '../support/until.ts';
import { type Client, example, startClient } from './client.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const problem = (code: string) => `urn:problem-type:${code}`;
const post = (fault: GraphFault, times?: number): FaultRule => ({
  match: { method: 'POST' },
  fault,
  ...(times === undefined ? {} : { times }),
});

describe('a deferred creation', () => {
  let client: Client;
  let queues: Storage;
  const newId = () => randomBytes(8).toString('hex');
  const newGroup = () => ({ ...example, id: newId() });
  beforeAll(async () => {
    client = await startClient({ env: { EXTERNAL_CONNECTIONS: 'contosohr' } });
    queues = openStorage(client.stack.azurite.connectionString);
  });
  afterAll(() => client.close());
  beforeEach(async () => {
    client.stack.graph.reset();
    client.stack.identity.reset();
    await queues.clear();
  });
  const graphCalls = () => client.stack.graph.calls().map(({ method, status }) => `${method} ${status}`);

  it('that the caller asks for is accepted, processed and shown', async () => {
    const group = newGroup();
    const accepted = await client.post(group, { headers: { prefer: 'respond-async' } });
    expect(accepted.status).toBe(202);
    expect(accepted.headers.get('preference-applied')).toBe('respond-async');
    expect(accepted.headers.get('location')).toBe(`/api/operations/${accepted.body.id}`);
    expect(Number(accepted.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(accepted.body).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      connectionId: 'contosohr',
      groupId: group.id,
      reason: 'requested',
      status: 'notStarted',
      attempts: 0,
    });
    const settled = await client.settled(accepted.body.id);
    expect(settled).toMatchObject({
      status: 'succeeded',
      attempts: 1,
      resourceLocation: `${client.stack.graph.url}/v1.0/external/connections/contosohr/groups/${group.id}`,
    });
    expect(settled.error).toBeUndefined();
    const final = await client.get(`/api/operations/${accepted.body.id}`);
    expect(final.headers.get('retry-after')).toBeNull();
    expect(client.stack.graph.groups()).toMatchObject([group]);
  });

  it('repeated is the same operation and leaves one group', async () => {
    const group = { ...newGroup(), description: null };
    const { description: _absent, ...same } = group;
    const first = await client.post(group, { headers: { prefer: 'respond-async' } });
    await client.settled(first.body.id);
    const second = await client.post(same, { headers: { prefer: 'respond-async' } });
    expect(second.body).toMatchObject({ id: first.body.id, createdDateTime: first.body.createdDateTime });
    expect(await client.settled(first.body.id)).toMatchObject({ status: 'succeeded' });
    expect(client.stack.graph.counters().created).toBe(1);
    // The operation has succeeded since the first delivery: only the queue tells when the second one has been worked off.
    await until(async () => (await queues.count('work')) === 0);
  });

  it('that Graph throttles is not tried before the time that Graph names', async () => {
    client.stack.graph.setFaults([post({ kind: 'throttle', retryAfter: '2.5' }, 1)]);
    const accepted = await client.post(newGroup());
    expect(accepted.status).toBe(202);
    expect(accepted.headers.get('preference-applied')).toBeNull();
    expect(accepted.body).toMatchObject({ reason: 'throttled', error: { graph: { status: 429 } } });
    expect(await client.settled(accepted.body.id)).toMatchObject({ status: 'succeeded', attempts: 2 });
    const [throttled, next] = client.stack.graph.calls();
    expect((next?.at ?? 0) - (throttled?.at ?? 0)).toBeGreaterThanOrEqual(2_500);
  });

  it.each<[string, GraphFault]>([
    ['fails', { kind: 'status', status: 503, body: 'odata' }],
    ['answers in HTML', { kind: 'status', status: 502, body: 'html' }],
    ['resets', { kind: 'reset' }],
    ['is silent', { kind: 'hang' }],
  ])('is kept if Graph %s, and read back before it is written', async (_what, fault) => {
    client.stack.graph.setFaults([post(fault, 1)]);
    const headers = fault.kind === 'hang' ? { prefer: 'wait=2' } : {};
    const accepted = await client.post(newGroup(), { headers });
    expect([accepted.status, accepted.body.reason]).toEqual([202, 'unavailable']);
    expect(await client.settled(accepted.body.id)).toMatchObject({ status: 'succeeded' });
    expect(graphCalls().slice(-2)).toEqual(['GET 404', 'POST 201']);
    expect(client.stack.graph.counters().created).toBe(1);
  });

  it('whose first attempt was committed unseen is not written twice', async () => {
    client.stack.graph.setFaults([
      post({ kind: 'hang', commit: true }, 1),
      { match: { method: 'GET' }, times: 1, fault: { kind: 'throttle', retryAfter: '1' } },
    ]);
    const accepted = await client.post(newGroup(), { headers: { prefer: 'wait=2' } });
    expect(accepted.status).toBe(202);
    expect(await client.settled(accepted.body.id)).toMatchObject({ status: 'succeeded' });
    expect(client.stack.graph.calls().filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('is kept while the identity is down, and succeeds when it is back', async () => {
    client.stack.graph.expireTokens();
    client.stack.identity.setFault({ kind: 'status', status: 500 });
    const accepted = await client.post(newGroup());
    expect([accepted.status, accepted.body.reason]).toEqual([202, 'unavailable']);
    client.stack.identity.reset();
    expect(await client.settled(accepted.body.id)).toMatchObject({ status: 'succeeded' });
  });

  it('with wait=n answers directly if Graph is in time', async () => {
    const headers = { prefer: 'respond-async, wait=60' };
    expect((await client.post(newGroup(), { headers })).status).toBe(201);
  });

  it('with wait=n is accepted if Graph is not', async () => {
    client.stack.graph.setFaults([post({ kind: 'slow', ms: 500 }, 1)]);
    const accepted = await client.post(newGroup(), { headers: { prefer: 'wait=0' } });
    expect(accepted.status).toBe(202);
    expect(await client.settled(accepted.body.id)).toMatchObject({ status: 'succeeded' });
  });

  it('whose permission is missing is postponed, says what to do, and succeeds by itself', async () => {
    client.stack.graph.denyRole(true);
    const group = newGroup();
    await queues.sendJson({ connectionId: 'contosohr', group });
    const id = await until(async () => {
      const { body } = await client.get(`/api/operations/${operationIdOf('contosohr', group)}`);
      return body.reason === 'denied' ? body : null;
    });
    expect(id).toMatchObject({
      status: 'running',
      error: { type: problem('graph-access-denied'), hint: expect.stringContaining('role') },
      nextAttemptDateTime: expect.any(String),
    });
    expect(await queues.count('poison')).toBe(0);
    await until(async () => (await queues.count('work')) === 1);
  });

  it.each<[string, GraphFault]>([
    ['throttles', { kind: 'throttle', retryAfter: '1' }],
    ['fails', { kind: 'status', status: 503, body: 'odata' }],
    ['resets', { kind: 'reset' }],
  ])(
    'whose dead letter is put on the queue again is made, though Graph %s at first',
    async (_what, fault) => {
      const group = newGroup();
      client.stack.graph.putGroup('contosohr', { ...group, displayName: 'other' });
      const accepted = await client.post(group, { headers: { prefer: 'respond-async' } });
      expect(await client.settled(accepted.body.id)).toMatchObject({ status: 'failed' });
      const [{ error, deadLetteredDateTime, queue, ...envelope } = {}] = await queues.deadLetters();
      client.stack.graph.reset();
      client.stack.graph.setFaults([post(fault, 1)]);
      await queues.sendJson(envelope);
      await until(() => client.stack.graph.groups().length === 1);
      await until(async () => {
        const { body } = await client.get(`/api/operations/${accepted.body.id}`);
        return body.status === 'succeeded' && body.error === undefined;
      });
    },
  );

  it('of a producer is made whatever it says of its past, and as often as it is sent', async () => {
    const past = {
      deliveryId: 'fixed',
      attempts: 1_000_000,
      announced: true,
      firstQueuedDateTime: '2020-01-01T00:00:00Z',
    };
    for (const group of [newGroup(), newGroup()]) {
      client.stack.graph.setFaults([post({ kind: 'throttle', retryAfter: '1' }, 1)]);
      await queues.sendJson({ connectionId: 'contosohr', group, ...past });
      expect(await client.settled(operationIdOf('contosohr', group))).toMatchObject({
        status: 'succeeded',
        attempts: 2,
      });
    }
    expect(await queues.deadLetters()).toEqual([]);
  });

  it('from a producer needs a connection and a group only', async () => {
    const group = { ...newGroup(), displayName: 'Łódź ☂' };
    await queues.sendJson({ connectionId: 'contosohr', group });
    await until(() => client.stack.graph.groups().length === 1);
    expect(client.stack.graph.groups()).toMatchObject([group]);
    await until(async () => (await queues.count('work')) === 0);
    expect(await queues.deadLetters()).toEqual([]);
  });

  it('in conflict with another group is a dead letter with both, and its operation failed', async () => {
    const group = newGroup();
    client.stack.graph.putGroup('contosohr', { ...group, displayName: 'other' });
    const accepted = await client.post(group, { headers: { prefer: 'respond-async' } });
    expect(await client.settled(accepted.body.id)).toMatchObject({
      status: 'failed',
      error: {
        type: problem('group-conflict'),
        instance: `/api/operations/${accepted.body.id}`,
        existing: { displayName: 'other' },
        requested: group,
      },
    });
    expect(await queues.deadLetters()).toMatchObject([
      {
        connectionId: 'contosohr',
        group,
        operationId: accepted.body.id,
        attempts: 1,
        error: { code: 'group-conflict', graph: { status: 409 } },
        deadLetteredDateTime: expect.any(String),
      },
    ]);
  });

  it.each([
    ['an unknown member', { connectionId: 'contosohr', group: { id: 'u' }, extra: 1 }, 'validation-failed'],
    ['an unknown connection', { connectionId: 'Teams', group: { id: 'u' } }, 'validation-failed'],
    ['no group', { connectionId: 'contosohr' }, 'validation-failed'],
    ['no object', [1, 2], 'validation-failed'],
    [
      'a connection that is not served',
      { connectionId: 'elsewhere', group: { id: 'u' } },
      'connection-not-allowed',
    ],
    [
      'too large a group',
      { connectionId: 'contosohr', group: { id: 'u', description: 'x'.repeat(48_000) } },
      'payload-too-large',
    ],
  ])('as a message with %s is a dead letter within one attempt', async (_what, message, code) => {
    await queues.sendJson(message);
    const [letter] = await until(async () => {
      const letters = await queues.deadLetters();
      return letters.length > 0 ? letters : null;
    });
    expect(letter).toMatchObject({ error: { code, detail: expect.any(String) } });
    expect(await queues.count('poison')).toBe(0);
    expect(client.stack.graph.calls()).toEqual([]);
  });

  it('that cannot be read at all keeps its bytes', async () => {
    const sent = [base64('{half'), 'no base64 ☂', 'true', operationIdOf('contosohr', newGroup())];
    for (const text of sent) await queues.send('work', text);
    const letters = await until(async () => {
      const found = await queues.deadLetters();
      return found.length === sent.length ? found : null;
    });
    const texts = letters.map(({ raw }) => Buffer.from(String(raw), 'base64').toString());
    expect(texts.sort()).toEqual(sent.toSorted());
    await until(async () => (await queues.count('poison')) === 0);
  });

  it('of a later version is kept as it stands, and at the give-up age a dead letter with all its bytes', async () => {
    const day = 86_400_000;
    const later = (age: number) =>
      JSON.stringify({
        version: 2,
        firstQueuedDateTime: new Date(Date.now() - age).toISOString(),
        work: [['☂']],
      });
    const [young, old, timeless] = [later(0), later(3 * day), '{"version":7, "a":1}'];
    for (const text of [young, old, timeless]) await queues.send('work', text);
    const letters = await until(async () => {
      const found = await queues.deadLetters();
      return found.length === 2 ? found : null;
    });
    expect(letters.map(({ error }) => error)).toMatchObject([
      { code: 'later-version' },
      { code: 'later-version' },
    ]);
    const texts = letters.map(({ raw }) => Buffer.from(String(raw), 'base64').toString());
    expect(texts.sort()).toEqual([old, timeless].sort());
    await until(async () => (await queues.count('work')) === 1);
  });

  it('that names another operation is a dead letter of its own, and that operation is untouched', async () => {
    const accepted = await client.post(newGroup(), { headers: { prefer: 'respond-async' } });
    expect(await client.settled(accepted.body.id)).toMatchObject({ status: 'succeeded' });
    const group = newGroup();
    await queues.sendJson({ connectionId: 'contosohr', group, operationId: accepted.body.id });
    const own = operationIdOf('contosohr', group);
    expect(await client.settled(own)).toMatchObject({
      status: 'failed',
      error: { type: problem('validation-failed') },
    });
    expect(await queues.deadLetters()).toMatchObject([{ operationId: own, raw: expect.any(String) }]);
    expect(await client.settled(accepted.body.id)).toMatchObject({ status: 'succeeded' });
  });

  it('of the largest group, in conflict with one as large, fits everywhere', async () => {
    const group = { id: newId(), description: 'ä'.repeat(16_300) };
    client.stack.graph.putGroup('contosohr', {
      ...group,
      displayName: null,
      description: 'ö'.repeat(16_300),
    });
    const accepted = await client.post(group, { headers: { prefer: 'respond-async' } });
    expect(accepted.status).toBe(202);
    const settled = await client.settled(accepted.body.id);
    expect(settled).toMatchObject({ status: 'failed', error: { requested: group } });
    expect(await queues.deadLetters()).toMatchObject([{ group, cut: 'existing' }]);
  });
});
