import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createForwarder } from '../../../packages/functions-host/src/http/forwarder.ts';

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://localhost:${typeof address === 'object' ? address?.port : ''}`;
}

/** What the trigger library sets on every response, and Node's server by itself on none. */
const byFunction = { 'x-ms-invocation-id': 'invocation' };

it('gives up the connection to the worker when the rest of an answered body is no longer awaited', async () => {
  const worker = createServer((_request, response) => response.writeHead(413, byFunction).end('too long'));
  // The worker itself never closes a connection, so it is closed by the forwarder or not at all.
  worker.keepAliveTimeout = 0;
  const forwarder = createForwarder(await listen(worker));
  onTestFinished(() => forwarder.close());
  let received: IncomingMessage | undefined;
  const front = createServer(async (request, response) => {
    received = request;
    const answer = await forwarder.forward(request, 'invocation', 'adapter.example').answer;
    answer.pipe(response.writeHead(answer.statusCode ?? 0));
  });
  const connected = once(worker, 'connection');
  const caller = httpRequest(await listen(front), {
    method: 'POST',
    headers: { 'transfer-encoding': 'chunked' },
  });
  caller.on('error', () => {});
  caller.write('begun');
  const [response] = (await once(caller, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(413);

  const [socket] = (await connected) as [Socket];
  // Not `once` of events: an interrupted body is also an error of the socket.
  const closed = new Promise((done) => socket.once('close', done));
  received?.destroy();
  await closed;
});

it('lets go of an idle connection before the worker’s server does', async () => {
  const worker = createServer((_request, response) => response.writeHead(200, byFunction).end('done'));
  const forwarder = createForwarder(await listen(worker));
  onTestFinished(() => forwarder.close());
  const front = createServer(async (request, response) => {
    (await forwarder.forward(request, 'invocation', 'adapter.example').answer).pipe(response);
  });
  const connected = once(worker, 'connection');
  expect(await (await fetch(await listen(front))).text()).toBe('done');
  const [socket] = (await connected) as [Socket];
  // Depending on who closes first: the other side sees an end, the closing side sees the connection gone at once.
  const first = await Promise.race([
    once(socket, 'end').then(() => 'forwarder'),
    once(socket, 'close').then(() => 'worker'),
  ]);
  expect(first).toBe('forwarder');
});
