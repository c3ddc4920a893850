import { createServer as createProxy, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Certificate, createCertificate } from '../../../local/stack/certificate.ts';
import { listen } from '../../../local/stack/listen.ts';
import {
  createConnectionPool,
  type PoolOptions,
  type PoolRequest,
} from '../../../src/graph/transport/connection-pool.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let tls: Certificate;
beforeAll(async () => {
  tls = await createCertificate();
  setDefaultCACertificates([...getCACertificates('default'), tls.cert]);
});
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A configurable server, the sockets it has seen, and a way to send it requests. */
async function serve(answer: Answer, options: Partial<PoolOptions> = {}) {
  const sockets: Socket[] = [];
  const server = createServer(tls, answer);
  server.on('secureConnection', (socket) => sockets.push(socket));
  const { port, close } = await listen(server);
  closers.push(close);
  const origin = `https://localhost:${port}`;
  const send = createConnectionPool({ origin, timeout: 5_000, proxied: false, ...options });
  const get = (request: Partial<PoolRequest> = {}) =>
    send({ method: 'GET', path: '/x', headers: {}, body: null, signal: null, ...request });
  return { server, sockets, get, origin };
}
const ok: Answer = (_request, response) => void response.end('{"a":1}');

describe('requests to one origin', () => {
  it('go over kept connections, with what they were given and nothing else', async () => {
    const seen: unknown[] = [];
    const { sockets, get } = await serve((request, response) => {
      request.setEncoding('utf8').on('data', (body) => {
        seen.push([request.method, request.url, request.headers, body]);
        response.writeHead(201, { 'x-a': ['1', '2'] }).end('{"a":1}');
      });
    });
    for (let call = 0; call < 10; call += 1) {
      const answer = await get({ method: 'POST', path: '/v1.0/a', headers: { b: 'c' }, body: 'é' });
      expect(answer).toMatchObject({ status: 201, text: '{"a":1}' });
      expect(answer.headers.get('x-a')).toBe('1, 2');
      expect(answer.headers.get('x-b')).toBeNull();
    }
    const headers = { host: expect.any(String), b: 'c', 'content-length': '2', connection: 'keep-alive' };
    expect(seen).toEqual(Array(10).fill(['POST', '/v1.0/a', headers, 'é']));
    // A client of the pool counts as busy for a moment after its response.
    expect(sockets.length).toBeLessThanOrEqual(5);
  });

  it('go over a new connection after a 503, and those in progress end where they are', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const before = new Set<Socket>();
    const after = new Set<Socket>();
    let seen = before;
    const { get } = await serve((request, response) => {
      seen.add(request.socket);
      if (request.url === '/slow') void released.then(() => response.end('slow'));
      else response.writeHead(request.url === '/busy' ? 503 : 200).end();
    });
    const slow = get({ path: '/slow' });
    await get();
    expect((await get({ path: '/busy' })).status).toBe(503);
    seen = after;
    await get();
    await get();
    expect([...after].filter((socket) => before.has(socket))).toEqual([]);
    release();
    expect((await slow).text).toBe('slow');
  });

  it('find another connection if the kept one was closed meanwhile', async () => {
    const { sockets, get } = await serve(ok);
    await get();
    const closed = new Promise((resolve) => sockets[0]?.once('close', resolve));
    sockets[0]?.end();
    await closed;
    expect((await get()).status).toBe(200);
    expect(sockets).toHaveLength(2);
  });

  it('take a hundred connections at most', async () => {
    const waiting: ServerResponse[] = [];
    const { sockets, get } = await serve((_request, response) => void waiting.push(response), {
      timeout: 60_000,
    });
    const all = Array.from({ length: 130 }, () => get());
    await expect.poll(() => waiting.length).toBe(100);
    expect(sockets).toHaveLength(100);
    const answerAll = setInterval(() => {
      for (const response of waiting.splice(0)) response.end('{}');
    }, 5);
    const answers = await Promise.all(all);
    clearInterval(answerAll);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(sockets).toHaveLength(100);
  });

  it('take a redirect for an answer', async () => {
    const { get } = await serve((_request, response) => {
      response.writeHead(302, { location: 'https://localhost:1/elsewhere' }).end();
    });
    const answer = await get();
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://localhost:1/elsewhere']);
  });

  it('wait for the answer that follows an informational one', async () => {
    const { get } = await serve((_request, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      response.end('{}');
    });
    expect(await get()).toMatchObject({ status: 200, text: '{}' });
  });
});

describe('a request without an answer', () => {
  const nowhere = async (create: () => ReturnType<typeof createTcpServer>) => {
    const { port, close } = await new Promise<{ port: number; close: () => void }>((resolve) => {
      const server = create();
      const sockets: Socket[] = [];
      server.on('connection', (socket) => sockets.push(socket));
      server.listen(0, '127.0.0.1', () =>
        resolve({
          port: (server.address() as AddressInfo).port,
          close: () => {
            server.close();
            for (const socket of sockets) socket.destroy();
          },
        }),
      );
    });
    return { origin: `https://localhost:${port}`, close };
  };
  const ask = (origin: string, signal: AbortSignal | null = null) =>
    createConnectionPool({ origin, timeout: 300, proxied: false })({
      method: 'POST',
      path: '/',
      headers: {},
      body: '{}',
      signal,
    });

  it('was not sent if nobody listens', async () => {
    const { origin, close } = await nowhere(createTcpServer);
    close();
    await expect(ask(origin)).rejects.toMatchObject({ step: 'connect', cause: { code: 'ECONNREFUSED' } });
  });

  it('was not sent if the name is unknown', async () => {
    await expect(ask('https://graph.invalid')).rejects.toMatchObject({ step: 'connect' });
  });

  it('was not sent if the certificate is not to be trusted', async () => {
    const { cert, key } = await createCertificate();
    const { port, close } = await listen(createServer({ cert, key }, ok));
    closers.push(close);
    await expect(ask(`https://localhost:${port}`)).rejects.toMatchObject({ step: 'connect' });
  });

  it('was not sent if no TLS connection comes about in time', async () => {
    const { origin, close } = await nowhere(createTcpServer);
    closers.push(close);
    await expect(ask(origin)).rejects.toMatchObject({
      step: 'connect',
      cause: { code: 'UND_ERR_CONNECT_TIMEOUT' },
    });
  });

  it('was not sent if it was given up while it waited for a connection', async () => {
    const { origin, close } = await nowhere(createTcpServer);
    closers.push(close);
    await expect(ask(origin, AbortSignal.timeout(20))).rejects.toMatchObject({ step: 'connect' });
    await expect(ask(origin, AbortSignal.abort())).rejects.toMatchObject({ step: 'connect' });
  });

  it('was sent if it was given up, and its connection is not used again', async () => {
    const giveUp = new AbortController();
    const used: Socket[] = [];
    const { get } = await serve((request, response) => {
      used.push(request.socket);
      if (used.length > 1) response.end('{}');
      else giveUp.abort();
    });
    await expect(get({ signal: giveUp.signal })).rejects.toMatchObject({ step: 'sent' });
    expect((await get()).status).toBe(200);
    expect(used).toHaveLength(2);
    expect(used[1]).not.toBe(used[0]);
  });

  it('was sent if the connection was cut', async () => {
    const { get } = await serve((request) => void request.socket.destroy());
    await expect(get()).rejects.toMatchObject({ step: 'sent', cause: { code: 'UND_ERR_SOCKET' } });
  });

  it('is given up if the head of the answer does not come', async () => {
    const { get } = await serve(() => undefined, { timeout: 2_000 });
    await expect(get()).rejects.toMatchObject({ step: 'sent', cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } });
  });
});

describe('an answer keeps its status', () => {
  it('if the body is cut', async () => {
    const { get } = await serve((_request, response) => {
      response.writeHead(201, { 'content-length': 100 });
      response.write('{"half"', () => response.destroy());
    });
    expect(await get()).toMatchObject({ status: 201, text: null });
  });

  it('if the body does not end until the request is given up', async () => {
    const { get } = await serve((_request, response) => void response.writeHead(429).write('{'));
    expect(await get({ signal: AbortSignal.timeout(2_000) })).toMatchObject({ status: 429, text: null });
  });

  it('if the body does not go on', async () => {
    const { get } = await serve((_request, response) => void response.writeHead(429).write('{'), {
      timeout: 2_000,
    });
    expect(await get()).toMatchObject({ status: 429, text: null });
  });

  it('if the body has no end in size; it is not read further', async () => {
    let sent = 0;
    const { get, sockets } = await serve((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
      };
      response.writeHead(200).on('drain', more);
      more();
    });
    expect(await get()).toMatchObject({ status: 200, text: null });
    await expect.poll(() => sockets[0]?.destroyed).toBe(true);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('behind a proxy', () => {
  const variables = ['HTTPS_PROXY', 'NO_PROXY'] as const;
  afterEach(() => {
    for (const name of variables) delete process.env[name];
  });

  it('a tunnel is asked for, and nothing is sent past it', async () => {
    const asked: string[] = [];
    const proxy = createProxy();
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    const { port, close } = await listen(proxy);
    closers.push(close);
    process.env.HTTPS_PROXY = `http://127.0.0.1:${port}`;
    const { get, sockets, origin } = await serve(ok, { proxied: true });
    await expect(get()).rejects.toMatchObject({ step: 'connect' });
    expect(asked).toEqual([new URL(origin).host]);
    expect(sockets).toEqual([]);
    process.env.NO_PROXY = 'localhost';
    const direct = await serve(ok, { proxied: true });
    expect((await direct.get()).status).toBe(200);
  });

  it('requests go through the tunnel', async () => {
    const proxy = createProxy();
    const { get, origin } = await serve(ok, { proxied: false });
    await get();
    proxy.on('connect', (_request, client: Socket) => {
      const { connect } = process.getBuiltinModule('node:net');
      const upstream = connect(Number(new URL(origin).port), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.pipe(client).pipe(upstream);
      });
      closers.push(() => upstream.destroy());
    });
    const { port, close } = await listen(proxy);
    closers.push(close);
    process.env.HTTPS_PROXY = `http://127.0.0.1:${port}`;
    const send = createConnectionPool({ origin, timeout: 5_000, proxied: true });
    const answer = await send({ method: 'GET', path: '/', headers: {}, body: null, signal: null });
    expect(answer).toMatchObject({ status: 200, text: '{"a":1}' });
  });
});
