import { createServer as createPlain } from 'node:http';
import { createServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCertificate } from '../../../local/stack/certificate.ts';
import { type Listening, listen } from '../../../local/stack/listen.ts';
import { createFetch, type Fetch } from '../../../src/shared/fetch.ts';

describe('a request by proxy', () => {
  let target: Listening;
  let proxy: Listening;
  let tunnels: string[];
  let arrived: string[];
  const signal = () => AbortSignal.timeout(60_000);
  beforeAll(async () => {
    const tls = await createCertificate();
    setDefaultCACertificates([...getCACertificates('default'), tls.cert]);
    const answer = createServer({ cert: tls.cert, key: tls.key }, (request, response) => {
      arrived.push(`${request.method} ${request.url}`);
      if (request.url === '/elsewhere') response.writeHead(302, { location: '/followed' });
      response.end('{"a":1}');
    });
    target = await listen(answer);
    const server = createPlain();
    // The tunnel always leads to the target, whatever the name: even names that do not exist work.
    server.on('connect', (request, client: Socket) => {
      tunnels.push(request.url ?? '');
      const onward = connect(target.port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        onward.pipe(client).pipe(onward);
      });
      for (const socket of [onward, client]) socket.on('error', () => onward.destroy());
    });
    proxy = await listen(server);
  });
  afterAll(async () => {
    await proxy.close();
    await target.close();
  });
  beforeEach(() => {
    tunnels = [];
    arrived = [];
  });
  const by = (more: object = {}): Fetch =>
    createFetch({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, ...more });

  it('goes straight to this machine', async () => {
    const { status } = await by()(`https://localhost:${target.port}/x`, { signal: signal() });
    expect([status, tunnels, arrived]).toEqual([200, [], ['GET /x']]);
  });

  it('follows no redirect', async () => {
    const { status } = await createFetch({})(`https://localhost:${target.port}/elsewhere`, {
      signal: signal(),
    });
    expect([status, arrived]).toEqual([302, ['GET /elsewhere']]);
  });

  it('asks the proxy for anything else', async () => {
    // The certificate is for this machine alone, so only the tunnel is established.
    await expect(by()('https://graph.example:443/x', { signal: signal() })).rejects.toThrow();
    expect([tunnels, arrived]).toEqual([['graph.example:443'], []]);
    const past = by({ NO_PROXY: 'graph.invalid' })('https://graph.invalid/x', { signal: signal() });
    await expect(past).rejects.toThrow();
    expect(tunnels).toHaveLength(1);
  });
});
