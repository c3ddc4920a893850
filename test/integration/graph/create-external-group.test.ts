import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listen } from '../../../local/stack/listen.ts';
import type { FaultRule, GraphFault } from '../../../local/stand-ins/graph/faults.ts';
import { attemptWithin, type GraphClient, openGraphClient } from './graph-client.ts';

const group = { id: 'a1', displayName: 'Łódź', description: 'two\nlines' };

/** A port that was free a moment ago: nothing listens there. */
async function closedPort(): Promise<number> {
  const { port, close } = await listen(createServer());
  await close();
  return port;
}

describe('the Graph client, over TLS', () => {
  let client: GraphClient;
  beforeAll(async () => {
    client = await openGraphClient();
    // Loads the SDKs, whose loading time would otherwise count against the first test's deadline.
    await client.read('contosohr', 'none', attemptWithin(60_000));
  });
  afterAll(() => client.close());
  beforeEach(() => client.reset());

  const attempt = (uncertain = false, ms = 60_000) =>
    client.create('contosohr', group, attemptWithin(ms, uncertain));
  const seen = () => client.graph.calls().map(({ method, status }) => `${method} ${status}`);
  const failOnce = (method: string, fault: GraphFault): FaultRule => ({ match: { method }, times: 1, fault });

  it('creates, with exactly the documented properties and a token over TLS', async () => {
    expect(await attempt()).toEqual({ kind: 'created', group });
    expect(client.graph.groups()).toMatchObject([{ connectionId: 'contosohr', ...group }]);
    expect(client.graph.calls()).toMatchObject([
      { method: 'POST', tokenAccepted: true, contentTypeAccepted: true, tls: expect.stringContaining('TLS') },
    ]);
    expect(client.graph.calls()[0]?.clientRequestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('finds an identical group unchanged, null and absent alike', async () => {
    await attempt();
    expect(await attempt()).toEqual({ kind: 'unchanged', group });
    client.graph.putGroup('contosohr', { id: 'b', displayName: null, description: null });
    expect(await client.create('contosohr', { id: 'b' }, attemptWithin(60_000))).toMatchObject({
      kind: 'unchanged',
    });
  });

  it('finds a different group in conflict and changes nothing', async () => {
    client.graph.putGroup('contosohr', { ...group, displayName: 'other' });
    expect(await attempt()).toMatchObject({
      kind: 'conflict',
      existing: { ...group, displayName: 'other' },
      graph: { status: 409, code: 'NameAlreadyExists' },
    });
    expect(client.graph.groups()).toMatchObject([{ displayName: 'other' }]);
  });

  it('takes NameAlreadyExists for a duplicate under any status', async () => {
    client.graph.putGroup('contosohr', group);
    client.graph.setFaults([
      failOnce('POST', { kind: 'status', status: 400, body: 'odata', code: 'nameAlreadyExists' }),
    ]);
    expect(await attempt()).toMatchObject({ kind: 'unchanged' });
  });

  it.each<[string, GraphFault]>([
    ['500', { kind: 'status', status: 500, body: 'odata', commit: true }],
    ['502 in HTML', { kind: 'status', status: 502, body: 'html', commit: true }],
    ['503', { kind: 'status', status: 503, body: 'empty', commit: true }],
    ['a reset', { kind: 'reset', commit: true }],
    ['a body that breaks off', { kind: 'truncate', commit: true }],
    ['a gzip bomb', { kind: 'gzip-bomb', commit: true }],
    ['half a JSON', { kind: 'status', status: 201, body: 'broken-json', commit: true }],
  ])('reads back after %s and finds that it has created the group', async (_what, fault) => {
    client.graph.setFaults([failOnce('POST', fault)]);
    expect(await attempt()).toEqual({ kind: 'created', group });
    expect(seen()).toHaveLength(2);
    expect(seen()[1]).toBe('GET 200');
  });

  it.each<[string, GraphFault]>([
    ['500', { kind: 'status', status: 500, body: 'odata' }],
    ['HTML', { kind: 'status', status: 502, body: 'html' }],
    ['a reset', { kind: 'reset' }],
    ['a redirect', { kind: 'redirect', location: 'https://localhost:1/elsewhere' }],
  ])('stays uncertain after %s if reading back shows nothing', async (_what, fault) => {
    client.graph.setFaults([failOnce('POST', fault)]);
    expect(await attempt()).toMatchObject({ kind: 'silent', uncertain: true });
    expect(seen().at(-1)).toBe('GET 404');
  });

  it('never follows a redirect', async () => {
    const other = await openGraphClient();
    client.graph.setFaults([{ fault: { kind: 'redirect', location: other.graph.url } }]);
    await attempt();
    expect(other.graph.calls()).toEqual([]);
    await other.close();
    process.env.IDENTITY_ENDPOINT = client.identity.url;
    process.env.IDENTITY_HEADER = client.identity.header;
  });

  it('gives up at the deadline, uncertain, without holding on', async () => {
    client.graph.setFaults([{ fault: { kind: 'hang' } }]);
    expect(await attempt(false, 200)).toMatchObject({
      kind: 'silent',
      uncertain: true,
      retryAfter: null,
    });
    // There is no time left to read back.
    expect(seen()).toEqual(['POST hang']);
  });

  it('is certain that nothing was created if no connection came about', async () => {
    const nowhere = client.newClient(`https://localhost:${await closedPort()}`);
    expect(await nowhere.createExternalGroup('contosohr', group, attemptWithin(60_000))).toMatchObject({
      kind: 'not-begun',
      uncertain: false,
    });
  });

  it.each([
    ['2.5', 2.5],
    ['120', 120],
    [undefined, null],
  ])('passes on a wait of %s, without trying again', async (header, seconds) => {
    const fault = { kind: 'throttle', ...(header === undefined ? {} : { retryAfter: header }) } as const;
    client.graph.setFaults([{ fault }]);
    expect(await attempt()).toMatchObject({ kind: 'throttled', retryAfter: seconds, uncertain: false });
    expect(seen()).toEqual(['POST 429']);
  });

  it('reads before it writes after an uncertain attempt', async () => {
    client.graph.putGroup('contosohr', group);
    expect(await attempt(true)).toEqual({ kind: 'created', group });
    expect(seen()).toEqual(['GET 200']);
  });

  it('writes after an uncertain attempt that created nothing', async () => {
    expect(await attempt(true)).toEqual({ kind: 'created', group });
    expect(seen()).toEqual(['GET 404', 'POST 201']);
  });

  it('writes nothing and stays uncertain if it could not read', async () => {
    client.graph.setFaults([{ match: { method: 'GET' }, fault: { kind: 'throttle', retryAfter: '9' } }]);
    expect(await attempt(true)).toMatchObject({ kind: 'throttled', retryAfter: 9, uncertain: true });
    expect(seen()).toEqual(['GET 429']);
  });

  it('does not take a duplicate that cannot be read for an end', async () => {
    client.graph.putGroup('contosohr', group);
    client.graph.setFaults([
      { match: { method: 'GET' }, fault: { kind: 'status', status: 404, body: 'odata' } },
    ]);
    expect(await attempt()).toMatchObject({ kind: 'not-begun' });
  });

  it('tells an unknown connection from a refused group', async () => {
    const options = attemptWithin(60_000);
    expect(await client.create('unknown', group, options)).toMatchObject({ kind: 'absent' });
    client.graph.setFaults([
      failOnce('POST', { kind: 'status', status: 400, body: 'odata', code: 'InvalidRequest' }),
    ]);
    expect(await attempt()).toMatchObject({
      kind: 'refused',
      graph: { status: 400, code: 'InvalidRequest' },
    });
  });

  it.each([405, 408, 423])('takes %i for final: nothing is read back', async (status) => {
    client.graph.setFaults([failOnce('POST', { kind: 'status', status, body: 'odata' })]);
    expect(await attempt()).toMatchObject({ kind: 'refused', graph: { status } });
    expect(seen()).toEqual([`POST ${status}`]);
  });

  it('tries once more with a fresh token after 401', async () => {
    await attempt();
    client.graph.expireTokens();
    const issued = client.identity.counts().issued;
    expect(await attempt()).toMatchObject({ kind: 'unchanged' });
    expect(client.identity.counts().issued).toBe(issued + 1);
    expect(seen()).toEqual(['POST 201', 'POST 401', 'POST 409', 'GET 200']);
  });

  describe('without the role', () => {
    /** A client that has not renewed its token yet. */
    const newAttempt = async () => {
      const { createExternalGroup } = client.newClient();
      await createExternalGroup('contosohr', { id: 'first' }, attemptWithin(60_000));
      client.graph.denyRole(true);
      return () => createExternalGroup('contosohr', group, attemptWithin(60_000));
    };
    const denied = { kind: 'denied', graph: { status: 403 } };

    it('is denied after 403 with two tokens', async () => {
      const create = await newAttempt();
      expect(await create()).toMatchObject(denied);
      expect(seen()).toEqual(['POST 201', 'POST 403', 'POST 403']);
    });

    it('asks for no third token, and for none at all in the minute after', async () => {
      const create = await newAttempt();
      await create();
      const issued = client.identity.counts().calls;
      for (let call = 0; call < 3; call += 1) expect(await create()).toMatchObject(denied);
      expect(client.identity.counts().calls).toBe(issued);
      expect(seen().slice(3)).toEqual(['POST 403', 'POST 403', 'POST 403']);
    });

    it.each(['status', 'reset', 'garbage'] as const)(
      'is denied if no other token can be had (%s)',
      async (kind) => {
        const create = await newAttempt();
        client.identity.setFault(kind === 'status' ? { kind, status: 500 } : { kind });
        expect(await create()).toMatchObject(denied);
      },
    );

    it('tries a token that was refused as such again later if no other can be had', async () => {
      const { createExternalGroup } = client.newClient();
      await createExternalGroup('contosohr', group, attemptWithin(60_000));
      client.graph.expireTokens();
      client.identity.setFault({ kind: 'status', status: 500 });
      expect(await createExternalGroup('contosohr', group, attemptWithin(60_000))).toMatchObject({
        kind: 'not-begun',
        uncertain: false,
        why: expect.stringContaining('no token'),
      });
    });
  });
});
