import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, writeApp } from '../../support/write-app.ts';
import { type RunningHost, runHost } from './run-host.ts';

const streaming = new URL('apps/http-streaming.ts', import.meta.url);
const buffered = new URL('apps/http.ts', import.meta.url);

/** Sends bytes as they are and reads until the host closes the connection. */
async function say(host: RunningHost, ...pieces: readonly string[]): Promise<string> {
  const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk.toString('latin1');
  });
  // A reset after an early response: what was read until then counts.
  socket.on('error', () => undefined);
  for (const piece of pieces) socket.write(Buffer.from(piece, 'latin1'));
  await new Promise((resolve) => socket.once('close', resolve).once('end', resolve));
  socket.destroy();
  return heard;
}

const get = (path: string, ...headers: readonly string[]) =>
  `${[`GET ${path} HTTP/1.1`, 'host: x', 'connection: close', ...headers].join('\r\n')}\r\n\r\n`;
const post = (path: string, ...headers: readonly string[]) => get(path, ...headers).replace(/^GET/, 'POST');
const statusOf = (heard: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(heard)?.[1]);
const bodyOf = (heard: string) => heard.slice(heard.indexOf('\r\n\r\n') + 4);
const long = (length: number) => 'a'.repeat(length);
const many = (count: number) => Array.from({ length: count }, (_, index) => `x-${index}: a`);

async function serve(entry: URL, env: Record<string, string> = {}, host: Record<string, unknown> = {}) {
  const app: App = await writeApp({ entry, host });
  const running = await runHost(app.root, env);
  return { running, remove: app.remove };
}

describe.each([
  ['with enableHttpStream', streaming],
  ['without enableHttpStream', buffered],
])('the server of the host, %s', (_, entry) => {
  let host: RunningHost;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    ({ running: host, remove } = await serve(entry, {
      languageWorkers__node__arguments: '--max-http-header-size=65536',
    }));
  });
  afterAll(async () => {
    await host.end();
    await remove();
  });

  it.each([
    ['a request line of 8 KB', get(`/api/open?${long(8_167)}`), 200],
    ['a longer request line', get(`/api/open?${long(8_168)}`), 414],
    ['a request line of 60 KB', get(`/api/open?${long(60_000)}`), 414],
    ['100 headers', get('/api/open', ...many(98)), 200],
    ['101 headers', get('/api/open', ...many(99)), 431],
    ['headers of 31 KB', get('/api/open', `x-a: ${long(31_000)}`), 200],
    ['headers of 33 KB', get('/api/open', `x-a: ${long(33_000)}`), 431],
    ['%00 in a path', get('/api/sees/a%00b'), 400],
    ['%00 in a query', get('/api/open?a=%00'), 200],
    ['a NUL in a header', get('/api/open', 'x-a: b\0c'), 400],
    ['a host of its own in the URL', get('http://evil.example/api/open'), 400],
    ['a coding that is not chunked', post('/api/size', 'transfer-encoding: gzip'), 400],
    ['a version that does not exist', get('/api/open').replace('HTTP/1.1', 'HTTP/1.4'), 505],
    ['HTTP/1.0 without a host', 'GET /api/open HTTP/1.0\r\n\r\n', 500],
  ])('answers %s', async (_name, request, status) => {
    const heard = await say(host, request);
    expect(statusOf(heard)).toBe(status);
    if (status !== 200) expect(bodyOf(heard)).toBe('');
  });

  it('has a home page', async () => {
    const response = await fetch(`${host.url}/`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html']);
  });

  it('says of a request that is cut off midway that the function has failed', async () => {
    const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
    socket.write(`${post('/api/counts', 'content-length: 100')}begun`);
    await delay(100);
    socket.destroy();
    await host.seen(/ERR counts \S+ .*(?:Unexpected end of request content|Failed to proxy request)/);
  });
});

describe('without enableHttpStream', () => {
  let host: RunningHost;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    ({ running: host, remove } = await serve(buffered, { AzureWebJobsDisableHomepage: 'True' }));
  });
  afterAll(async () => {
    await host.end();
    await remove();
  });

  it('the home page can be switched off', async () => {
    expect((await fetch(`${host.url}/`)).status).toBe(204);
  });

  it('headers of up to 32 KB and control characters in them reach the function', async () => {
    const heard = await say(host, get('/api/sees/a', `x-long: ${long(20_000)}`, 'x-control: b\x01c'));
    expect(statusOf(heard)).toBe(200);
    expect(JSON.parse(bodyOf(heard)).headers).toMatchObject({
      'x-long': long(20_000),
      'x-control': 'b\x01c',
    });
  });

  it('a slash in a route is as it was sent', async () => {
    const seen = await (await fetch(`${host.url}/api/sees/a%2Fb?c=%2F`)).json();
    expect(seen).toMatchObject({ url: `${host.url}/api/sees/a%2Fb?c=%2F`, params: { id: 'a%2Fb' } });
  });

  it('chunks count beside a length, and are lost', async () => {
    const heard = await say(
      host,
      post('/api/sees/a', 'content-length: 4', 'transfer-encoding: chunked'),
      '4\r\nlost\r\n0\r\n\r\n',
    );
    const { headers, body } = JSON.parse(bodyOf(heard));
    expect([body, headers['content-length']]).toEqual(['', undefined]);
  });

  it('a body that stops coming is an empty 500 after five seconds', async () => {
    const startedAt = performance.now();
    const heard = await say(host, post('/api/size', 'content-length: 100'), 'begun');
    expect([statusOf(heard), bodyOf(heard)]).toEqual([500, '']);
    expect(performance.now() - startedAt).toBeGreaterThan(4_000);
    await host.seen(/ERR size \S+ .*data arriving too slowly/);
  });

  it('callers who leave at once hold nothing', async () => {
    await leaveAtOnce(host);
    await host.seen(/GET \/api\/open (?:caller gone|200)/);
    expect((await fetch(`${host.url}/api/open`)).status).toBe(200);
    expect(host.output()).not.toContain('ERR open');
  });
});

/**
 * Sends requests while the host is busy, so that it learns of the callers' leaving with the requests themselves: several,
 * because one may find an idle connection to the worker, on which it is sent in the same instant.
 */
async function leaveAtOnce(host: RunningHost): Promise<void> {
  const blocking = fetch(`${host.url}/api/blocks`);
  await host.seen(/INF blocks \S+ blocks$/m);
  const leave = async () => {
    const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
    await new Promise((resolve) => socket.write(get('/api/open'), resolve));
    socket.destroy();
  };
  await Promise.all(Array.from({ length: 5 }, leave));
  await blocking.catch(() => undefined);
}

describe('with enableHttpStream', () => {
  it('a slash in a route is encoded twice in the URL', async () => {
    const { running: host, remove } = await serve(streaming);
    const seen = await (await fetch(`${host.url}/api/sees/a%2Fb?c=%2F`)).json();
    expect(seen).toMatchObject({ url: `${host.url}/api/sees/a%252Fb?c=%2F`, params: { id: 'a%2Fb' } });
    await host.end();
    await remove();
  });

  it.each([
    [
      'headers that are too long for the worker',
      (host: RunningHost) => say(host, get('/api/open', `x-a: ${long(17_000)}`)),
    ],
    ['a control character in a header', (host: RunningHost) => say(host, get('/api/open', 'x-a: b\x01c'))],
    ['callers who leave at once', leaveAtOnce],
  ])('%s: the invocation waits until functionTimeout, which ends the worker', async (_name, ask) => {
    const { running: host, remove } = await serve(streaming, {}, { functionTimeout: '00:00:03' });
    const ended = new Promise((resolve) => host.child.once('exit', resolve));
    const heard = ask(host);
    expect(await ended).toBe(1);
    expect(host.errors()).toMatch(/Function open .* ran past functionTimeout/);
    expect((await heard) ?? '').toBe('');
    await remove();
  });

  it('the worker takes longer headers by languageWorkers__node__arguments', async () => {
    const env = { languageWorkers__node__arguments: '--max-http-header-size=65536' };
    const { running: host, remove } = await serve(streaming, env);
    expect(statusOf(await say(host, get('/api/open', `x-a: ${long(31_000)}`)))).toBe(200);
    await host.end();
    await remove();
  });
});
