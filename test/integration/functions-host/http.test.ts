import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eachLimited } from '../../../src/shared/each-limited.ts';
import { type App, writeApp } from '../../support/write-app.ts';
import { type RunningHost, runHost } from './run-host.ts';

const streaming = new URL('apps/http-streaming.ts', import.meta.url);
const buffered = new URL('apps/http.ts', import.meta.url);

async function send(
  url: string,
  options: object,
  body?: string | Buffer,
): Promise<[IncomingMessage, string]> {
  const request = httpRequest(url, options);
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return [response, await text(response)];
}

function open(url: string): ClientRequest {
  const request = httpRequest(url, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
  request.on('error', () => {});
  return request;
}

describe.each([
  // The worker's server closes connections that were idle for five seconds, and a process that is blocked for as long
  // loses the request on them: on a busy machine, too many at once block it.
  ['with enableHttpStream', streaming, 50],
  ['without enableHttpStream', buffered, 1_000],
])('an HTTP function %s', (_, entry, atOnce) => {
  let app: App;
  let host: RunningHost;
  beforeAll(async () => {
    app = await writeApp({ entry });
    host = await runHost(app.root, {
      FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '5000000',
      FUNCTIONS_HOST_FUNCTION_KEYS: 'readMembers=reader-key,writeMembers=writer-key',
      'AzureWebJobs.off.Disabled': 'true',
    });
  });
  afterAll(async () => {
    await host.end();
    await app.remove();
  });

  it('is announced with its methods and route', () => {
    expect(host.functions).toContainEqual({
      name: 'open',
      type: 'http',
      methods: ['GET'],
      route: '/api/open',
      authLevel: 'anonymous',
    });
    expect(host.key).toBe('test-key');
  });

  it.each([
    ['anonymous', 'open', {}, 200],
    ['function without a key', 'keyed', {}, 401],
    ['function with a wrong key', 'keyed', { 'x-functions-key': 'test-kez' }, 401],
    ['function with the key', 'keyed', { 'x-functions-key': 'test-key' }, 200],
    ['function with the key in the query', 'keyed?code=test-key', {}, 200],
    ['function with a wrong key in the query', 'keyed?code=no', {}, 401],
    [
      'function with a wrong header and a right query',
      'keyed?code=test-key',
      { 'x-functions-key': 'no' },
      401,
    ],
    ['admin without a key', 'administered', {}, 401],
    ['admin with the function key', 'administered', { 'x-functions-key': 'test-key' }, 401],
    ['admin with the master key', 'administered', { 'x-functions-key': 'test-master-key' }, 200],
    ['function with the master key', 'keyed', { 'x-functions-key': 'test-master-key' }, 200],
  ])('answers by auth level: %s', async (_name, path, headers, status) => {
    const response = await fetch(`${host.url}/api/${path}`, { headers });
    expect(response.status).toBe(status);
  });

  const members = 'connections/contosohr/groups/31bea3d537902000/members';
  it.each([
    ['GET', 'reader-key', 200],
    ['GET', 'writer-key', 401],
    ['PUT', 'writer-key', 200],
    ['PUT', 'reader-key', 401],
    ['GET', 'test-key', 200],
    ['PUT', 'test-key', 200],
    ['PUT', 'test-master-key', 200],
  ])('has keys of its own: %s of members with %s is %i', async (method, key, status) => {
    const headers = { 'x-functions-key': key };
    expect((await fetch(`${host.url}/api/${members}`, { method, headers })).status).toBe(status);
  });

  it('that a setting disables answers 404, but to the master key', async () => {
    expect(host.functions).toContainEqual(expect.objectContaining({ name: 'off', disabled: true }));
    const statusWith = async (key: string) =>
      (await fetch(`${host.url}/api/off`, { headers: { 'x-functions-key': key } })).status;
    expect([await statusWith(''), await statusWith('test-key')]).toEqual([404, 404]);
    expect(await statusWith('test-master-key')).toBe(200);
  });

  it.each(['PUT', 'PATCH', 'DELETE'])(
    'takes %s with a body on a route with several parameters',
    async (method) => {
      const headers = { 'x-functions-key': 'test-key' };
      const response = await fetch(`${host.url}/api/${members}`, { method, headers, body: '{"a":1}' });
      expect(await response.json()).toEqual({ method, body: '{"a":1}' });
    },
  );

  it('reads parameters of route and query together', async () => {
    const headers = { 'x-functions-key': 'test-key' };
    const response = await fetch(`${host.url}/api/${members}?top=5&skip=x`, { headers });
    expect(await response.json()).toEqual({
      params: { connectionId: 'contosohr', groupId: '31bea3d537902000' },
      top: '5',
    });
  });

  it.each(['POST', 'PUT'])('takes 4 MiB by %s', async (method) => {
    const body = Buffer.alloc(4 * 1024 * 1024, 'x');
    const response = await fetch(`${host.url}/api/size`, { method, body });
    expect(await response.text()).toBe(String(body.length));
  });

  it('answers by itself with a status and nothing else', async () => {
    for (const [path, status] of [
      ['keyed?code=guessed-key', 401],
      ['nothing', 404],
    ] as const) {
      const response = await fetch(`${host.url}/api/${path}`, { headers: { 'x-request-id': 'caller.1' } });
      expect([response.status, await response.text()]).toEqual([status, '']);
      expect(response.headers.get('content-type')).toBeNull();
      expect(response.headers.get('x-request-id')).toBeNull();
    }
  });

  it.each([
    ['GET', '/api'],
    ['GET', '/api/nothing'],
    ['GET', '/open'],
    ['POST', '/api/open'],
    ['GET', '/api/things/a/parts/b'],
  ])('answers 404 to %s %s', async (method, path) => {
    expect((await fetch(host.url + path, { method })).status).toBe(404);
  });

  it.each([
    ['/api/things/Ab-1/parts/7', { thing: 'Ab-1', number: '7' }],
    ['/api/things/a/parts', { thing: 'a' }],
    ['/API/Things/a/PARTS/', { thing: 'a' }],
    ['/api/things/%C5%81%C3%B3d%C5%BA/parts', { thing: 'Łódź' }],
    ['/api/files/a/b%20c/d', { path: 'a/b c/d' }],
  ])('reads the parameters of %s', async (path, params) => {
    const response = await fetch(host.url + path);
    expect(await response.json()).toEqual(params);
  });

  it('hands over body, headers and query, and the answer back', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_v, index) => index));
    const [response, body] = await send(
      `${host.url}/api/echo?a=1&b=%C5%81`,
      { method: 'POST', headers: { 'x-given': 'value', 'content-length': 256, host: 'adapter.example' } },
      bytes,
    );
    expect(response.statusCode).toBe(201);
    expect(response.headers).toMatchObject({ 'x-answer': 'yes', 'set-cookie': ['a=1', 'b=2; HttpOnly'] });
    expect(JSON.parse(body)).toMatchObject({
      url: 'http://adapter.example/api/echo?a=1&b=%C5%81',
      bytes: bytes.toString('base64'),
      query: { a: '1', b: 'Ł' },
      header: 'value',
    });
  });

  it('keeps the trace of the caller in a span of its own', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
    const headers = { traceparent, tracestate: 'a=b' };
    const { trace } = JSON.parse((await send(`${host.url}/api/echo`, { method: 'POST', headers }))[1]);
    expect(trace.traceParent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    expect(trace.traceParent).not.toContain('b7ad6b7169203331');
    expect(trace.traceState).toBe('a=b');
  });

  it('answers 500 without inner text if the function throws, and logs it', async () => {
    for (const method of ['GET', 'POST']) {
      const response = await fetch(`${host.url}/api/throws`, { method });
      expect(response.status).toBe(500);
      expect(await response.text()).not.toContain('secret');
    }
    await host.seen(/throws .*secret inner text/);
  });

  it('answers 204 if the function returns nothing', async () => {
    expect((await fetch(`${host.url}/api/silent`)).status).toBe(204);
  });

  it('answers while a refused body still arrives', async () => {
    const body = Buffer.alloc(900_000, 'x');
    const [response, answer] = await send(`${host.url}/api/refuses`, { method: 'POST' }, body);
    expect([response.statusCode, answer]).toEqual([413, 'too long']);
  });

  it('fails with a body over FUNCTIONS_REQUEST_BODY_SIZE_LIMIT', async () => {
    const response = await fetch(`${host.url}/api/echo`, { method: 'POST', body: Buffer.alloc(5_000_001) });
    expect([response.status, await response.text()]).toEqual([500, '']);
    await host.seen(/ERR echo \S+ .*Request body too large/);
  });

  it('never logs a query string', async () => {
    await fetch(`${host.url}/api/keyed?code=test-key`);
    await host.seen(/keyed [0-9a-f]{8} GET \/api\/keyed 200 \d+ ms/);
    expect(host.output()).not.toContain('code=');
    expect(host.output()).not.toContain('test-key');
  });

  it(`answers each of 1,000 requests, ${atOnce} at once, with its own body`, async () => {
    const bodies = Array.from({ length: 1_000 }, (_v, index) => `body ${index}`);
    const answers = new Map<string, unknown>();
    await eachLimited(bodies, atOnce, async (body) => {
      const response = await fetch(`${host.url}/api/burst`, { method: 'POST', body });
      answers.set(body, [response.status, await response.text()]);
    });
    expect(answers).toEqual(new Map(bodies.map((body) => [body, [200, body]])));
  });
});

describe('an HTTP function without enableHttpStream', () => {
  let app: App;
  let host: RunningHost;
  beforeAll(async () => {
    app = await writeApp({ entry: buffered });
    host = await runHost(app.root);
  });
  afterAll(async () => {
    await host.end('SIGKILL');
    await app.remove();
  });

  it('never sees a chunked body, only its header, and the log says so', async () => {
    const request = open(`${host.url}/api/sees/a`);
    request.end('lost');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const { headers, body } = JSON.parse(await text(response));
    expect([body, headers['transfer-encoding'], headers['content-length']]).toEqual([
      '',
      'chunked',
      undefined,
    ]);
    await host.seen(/sees .*dropped a chunked body/);
  });

  it('gets a repeated query parameter as one value with commas', async () => {
    const response = await fetch(`${host.url}/api/echo?a=1&a=2&b=3`, { method: 'POST' });
    expect(await response.json()).toMatchObject({ query: { a: '1,2', b: '3' } });
  });
});

describe('a streaming HTTP function', () => {
  let app: App;
  let host: RunningHost;
  beforeAll(async () => {
    app = await writeApp({ entry: streaming });
    host = await runHost(app.root);
  });
  afterAll(async () => {
    await host.end('SIGKILL');
    await app.remove();
  });

  it('sees a chunked body as it arrives', async () => {
    const request = open(`${host.url}/api/counts`);
    request.write('12345');
    await host.seen(/got 5$/m);
    request.end('678');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(await text(response)).toBe('8');
  });

  it('can answer before the body has come to its end', async () => {
    const request = open(`${host.url}/api/refuses`);
    request.write('begun');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect([response.statusCode, await text(response)]).toEqual([413, 'too long']);
    // The rest never arrives; the host cuts the connection after a while and continues.
    await once(request, 'close');
    expect((await fetch(`${host.url}/api/open`)).status).toBe(200);
  });

  it('notices a caller that goes away while sending', async () => {
    const request = open(`${host.url}/api/counts`);
    request.write('123456789');
    await host.seen(/got 9$/m);
    request.destroy();
    await host.seen(/the body broke off/);
    await host.seen(/POST \/api\/counts caller gone/);
    await host.seen(/ERR counts \S+ .*Failed to proxy request/);
    expect((await fetch(`${host.url}/api/open`)).status).toBe(200);
  });

  it('runs to its end without its caller, and has failed all the same', async () => {
    const request = httpRequest(`${host.url}/api/lingers`)
      .on('error', () => {})
      .end();
    await host.seen(/INF lingers \S+ lingers$/m);
    request.destroy();
    await host.seen(/INF lingers \S+ lingered$/m);
    await host.seen(/ERR lingers \S+ .*Failed to proxy request/);
    expect((await fetch(`${host.url}/api/open`)).status).toBe(200);
  });

  it('answers on a raw connection that sends rubbish', async () => {
    const { port } = new URL(host.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end('rubbish\r\n\r\n');
    expect(await text(socket)).toContain('400 Bad Request');
  });

  it('keeps quick functions quick while slow ones wait', async () => {
    const slow = Array.from({ length: 50 }, () =>
      httpRequest(`${host.url}/api/slow`)
        .on('error', () => {})
        .end(),
    );
    // The host notices no caller that leaves before its request has arrived.
    const waiting = () => host.output().match(/INF slow \S+ waits$/gm)?.length;
    await expect.poll(waiting).toBe(50);
    expect((await fetch(`${host.url}/api/open`)).status).toBe(200);
    for (const request of slow) request.destroy();
    await host.seen(/GET \/api\/slow caller gone/);
  });
});
