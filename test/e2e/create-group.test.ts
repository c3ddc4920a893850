import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Client, example, startClient } from './client.ts';

const problem = (code: string) => `urn:problem-type:${code}`;

let client: Client;
beforeAll(async () => {
  client = await startClient({
    env: { EXTERNAL_CONNECTIONS: 'contosohr,unknown' },
    graph: { connections: ['other'] },
  });
});
afterAll(() => client.close());

describe('POST connections/{connectionId}/groups', () => {
  beforeEach(() => {
    client.stack.graph.reset();
    client.stack.identity.reset();
  });

  it('answers 201 with the group and where it is, 200 the second time, 409 for another', async () => {
    const { stack, post } = client;
    const created = await post(example);
    expect(created.status).toBe(201);
    expect(created.body).toEqual(example);
    expect(created.headers.get('content-type')).toBe('application/json');
    expect(created.headers.get('location')).toBe(
      `${stack.graph.url}/v1.0/external/connections/contosohr/groups/${example.id}`,
    );

    const again = await post(example);
    expect([again.status, again.body]).toEqual([200, example]);

    const other = { ...example, displayName: 'Contoso Sales' };
    const conflict = await post(other);
    expect(conflict.status).toBe(409);
    expect(conflict.headers.get('content-type')).toBe('application/problem+json');
    expect(conflict.body).toMatchObject({
      type: problem('group-conflict'),
      status: 409,
      instance: '/api/connections/contosohr/groups',
      existing: example,
      requested: other,
      graph: { status: 409, code: 'NameAlreadyExists', requestId: expect.any(String) },
    });
    expect(stack.graph.groups()).toMatchObject([example]);
  });

  it('sends the token it was issued over TLS on every call, and calls nobody else', async () => {
    const { stack, post } = client;
    await post(example);
    await post({ ...example, description: null });
    const calls = stack.graph.calls();
    expect(calls.length).toBeGreaterThan(2);
    for (const call of calls)
      expect(call).toMatchObject({
        tokenAccepted: true,
        tls: expect.stringContaining('TLS'),
        host: new URL(stack.graph.url).host,
      });
  });

  it('names every error of path and body at once', async () => {
    const { status, body } = await client.post({ displayName: 1, x: true }, { connection: 'Microsoft365' });
    expect(status).toBe(400);
    expect(body).toMatchObject({ type: problem('validation-failed'), title: expect.any(String) });
    expect(body.errors).toEqual([
      { in: 'path', pointer: '/connectionId', keyword: 'not', detail: expect.any(String) },
      { in: 'body', pointer: '/id', keyword: 'required', detail: expect.any(String) },
      { in: 'body', pointer: '/x', keyword: 'additionalProperties', detail: expect.any(String) },
      { in: 'body', pointer: '/displayName', keyword: 'type', detail: expect.any(String) },
    ]);
    expect(client.stack.graph.calls()).toEqual([]);
  });

  it.each([
    ['empty', '', 'malformed-json'],
    ['no JSON', '{', 'malformed-json'],
    ['no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 'malformed-json'],
    ['with a BOM', '\uFEFF{"id":"a"}', 'malformed-json'],
    ['with a name twice', '{"id":"a","id":"a"}', 'malformed-json'],
    ['an array', '[{"id":"a"}]', 'validation-failed'],
    [
      'nested ten levels deep',
      '{"id":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}',
      'validation-failed',
    ],
    ['all brackets', `${'['.repeat(16_000)}${']'.repeat(16_000)}`, 'validation-failed'],
    ['with __proto__', '{"id":"a","__proto__":{"x":1}}', 'validation-failed'],
  ])('answers 400 to a body that is %s', async (_what, body, code) => {
    const reply = await client.post(body);
    expect([reply.status, reply.body.type]).toEqual([400, problem(code)]);
  });

  it.each([undefined, 'text/plain', 'application/json; charset=latin1'])(
    'answers 415 to %s',
    async (type) => {
      const body = new TextEncoder().encode(JSON.stringify(example));
      const reply = await client.post(body, { headers: { 'content-type': type } });
      expect([reply.status, reply.body.type]).toEqual([415, problem('unsupported-media-type')]);
    },
  );

  it('takes 32 KiB and answers 413 to one byte more', async () => {
    const fitting = JSON.stringify({ id: 'large', description: '' });
    const filled = (length: number) =>
      JSON.stringify({ id: 'large', description: 'x'.repeat(length - fitting.length) });
    expect((await client.post(filled(32_768))).status).toBe(201);
    const reply = await client.post(filled(32_769));
    expect([reply.status, reply.body.type]).toEqual([413, problem('payload-too-large')]);
  });

  it('answers 411 to a body without a length, before its signature or its size, and says what to do', async () => {
    // It pauses: writing to a connection that the host has closed could cost the answer.
    const endless = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
    });
    const reply = await client.post(endless);
    expect([reply.status, reply.body.type]).toEqual([411, problem('length-required')]);
    expect(reply.body.detail).toContain('PostAsJsonAsync');
    expect(client.stack.graph.calls()).toEqual([]);
  });

  it('answers 401 without a key, before anything else', async () => {
    const reply = await client.post('{', { headers: { 'x-functions-key': undefined } });
    expect(reply.status).toBe(401);
    expect(client.stack.graph.calls()).toEqual([]);
  });

  it('answers 403 for a connection that is not on the list', async () => {
    const reply = await client.post(example, { connection: 'other' });
    expect([reply.status, reply.body.type]).toEqual([403, problem('connection-not-allowed')]);
    expect(client.stack.graph.calls()).toEqual([]);
  });

  it('answers 404 if Graph does not know the connection', async () => {
    const reply = await client.post(example, { connection: 'unknown' });
    expect(reply.status).toBe(404);
    expect(reply.body).toMatchObject({
      type: problem('connection-not-found'),
      graph: { status: 404, code: 'ResourceNotFound' },
    });
  });

  it('answers 422 if Graph refuses the group', async () => {
    const fault = { kind: 'status', status: 400, body: 'odata', code: 'InvalidRequest' } as const;
    client.stack.graph.setFaults([{ fault }]);
    const reply = await client.post(example);
    expect(reply.status).toBe(422);
    expect(reply.body).toMatchObject({
      type: problem('graph-rejected'),
      graph: { status: 400, code: 'InvalidRequest', requestId: expect.any(String) },
    });
  });

  it('answers 502 with a hint if Graph refuses the identity, after a second token', async () => {
    client.stack.graph.denyRole(true);
    const reply = await client.post(example);
    expect(reply.status).toBe(502);
    expect(reply.body).toMatchObject({
      type: problem('graph-access-denied'),
      graph: { status: 403 },
      hint: expect.stringContaining('ExternalItem.ReadWrite.OwnedBy'),
    });
    expect(client.stack.graph.calls()).toHaveLength(2);
  });

  it('answers 201 if its own uncertain attempt turns out to have created the group', async () => {
    const fault = { kind: 'status', status: 502, body: 'html', commit: true } as const;
    client.stack.graph.setFaults([{ match: { method: 'POST' }, fault }]);
    const reply = await client.post(example);
    expect([reply.status, reply.body]).toEqual([201, example]);
  });

  it.each([
    ['caller-1.a_b', 'caller-1.a_b'],
    ['not an id', expect.stringMatching(/^[0-9a-f-]{36}$/)],
  ])('sends the request id %s back as it should', async (given, id) => {
    for (const body of [example, '{'])
      expect(
        (await client.post(body, { headers: { 'x-request-id': given } })).headers.get('x-request-id'),
      ).toEqual(id);
  });

  it('hands the caller’s trace on to Graph', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await client.post(example, { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } });
    for (const call of client.stack.graph.calls()) expect(call.traceparent).toContain(traceId);
  });

  it('has no key, token or name in its log', async () => {
    await client.post(example, { connection: `contosohr/groups?code=${client.stack.functionKey}&x=` });
    await client.post(example);
    const lines = client.stack.hostLines().join('\n');
    for (const secret of [client.stack.functionKey, client.stack.identity.header, 'Contoso Marketing', 'eyJ'])
      expect(lines).not.toContain(secret);
  });
});

describe('the open endpoints', () => {
  it('say that the process is well, without a key', async () => {
    const reply = await client.get('/api/health', {});
    expect([reply.status, reply.body]).toEqual([200, { status: 'ok' }]);
    expect(reply.headers.get('x-request-id')).toMatch(/./);
  });

  it('describe the API, without a key', async () => {
    const reply = await client.get('/api/openapi.json', {});
    expect(reply.body.openapi).toBe('3.1.0');
  });

  it('do not include operations', async () => {
    expect((await client.get('/api/operations/x', {})).status).toBe(401);
    const reply = await client.get('/api/operations/x');
    expect([reply.status, reply.body.type]).toEqual([404, problem('operation-not-found')]);
  });
});
