import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { type Client, example, startClient } from './client.ts';
import { callHostilely } from './hostile-callers.ts';

/** Prints where the process listens; preloaded into the host, so that the product need not reveal it. */
const telltale = `
  import net from 'node:net';
  const { listen } = net.Server.prototype;
  net.Server.prototype.listen = function (...given) {
    this.once('listening', () => console.log('LISTENS ' + this.address().port));
    return listen.apply(this, given);
  };`;

let client: Client;
const ports: number[] = [];
beforeAll(async () => {
  client = await startClient({
    env: {
      HTTP_STREAMING: 'true',
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(telltale)}`,
    },
    onHostLine: (line) => {
      const port = /LISTENS (\d+)/.exec(line)?.[1];
      if (port !== undefined) ports.push(Number(port));
    },
  });
});
afterAll(() => client.close());

/** Sends a request and returns what has arrived by the time `meanwhile` resolves. */
async function knock(port: number, headers: readonly string[], meanwhile: () => Promise<unknown>) {
  const body = JSON.stringify({ ...example, id: 'knocked' });
  const heard: Buffer[] = [];
  const socket = connect(port, '127.0.0.1').on('data', (chunk: Buffer) => heard.push(chunk));
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const lines = [
    'POST /api/connections/contosohr/groups HTTP/1.1',
    'host: localhost',
    'content-type: application/json',
    `content-length: ${body.length}`,
    ...headers,
  ];
  await new Promise((resolve) => socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`, resolve));
  await meanwhile();
  socket.destroy();
  return Buffer.concat(heard).toString();
}

// `enableHttpStream` makes @azure/functions open a server of its own, without a key check: httpProxy.ts.
it('the port that streaming opens runs nothing that did not come through the host', async () => {
  // The host's lines may arrive after it has said that it is ready.
  await until(() => ports.length >= 2);
  const extra = ports.filter((port) => port !== client.stack.host?.port);
  expect(extra).toHaveLength(1);
  const [port = 0] = extra;
  const throughTheDoor = async () => expect((await client.post(example)).status).toBeLessThan(300);
  expect(await knock(port, [], throughTheDoor)).toBe('');
  expect(await knock(port, [`x-ms-invocation-id: ${randomUUID()}`], throughTheDoor)).toBe('');
  expect(client.stack.graph.groups().map(({ id }) => id)).toEqual([example.id]);
});

it('the id of an invocation that a caller brings along is not the host’s', async () => {
  const headers = { 'x-ms-invocation-id': randomUUID(), 'x-forwarded-host': 'evil.example' };
  const reply = await client.post('{', { headers });
  expect([reply.status, reply.body.instance]).toEqual([400, '/api/connections/contosohr/groups']);
});

const bodyOf = (pieces: Iterable<string>) => {
  const rest = pieces[Symbol.iterator]();
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const { done, value } = rest.next();
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(value));
    },
  });
};

it('a body without a length is taken', async () => {
  const reply = await client.post(bodyOf(['{"id":"chu', 'nked"', '}']));
  expect([reply.status, reply.body]).toMatchObject([201, { id: 'chunked' }]);
});

it('a body that never says how long it is, is cut at its limit', async () => {
  expect((await client.post(bodyOf(Array(12).fill(' '.repeat(8_192))))).status).toBe(413);
});

it('a body that stops coming is 408', async () => {
  const { hostname, port } = new URL(client.stack.host?.url ?? '');
  const socket = connect(Number(port), hostname);
  socket.write(
    'POST /api/connections/contosohr/groups HTTP/1.1\r\nhost: x\r\nconnection: close\r\n' +
      `x-functions-key: ${client.stack.functionKey}\r\ncontent-type: application/json\r\ncontent-length: 400\r\n\r\n{`,
  );
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 .*request-timeout/s);
});

it('anonymous callers hold no invocation: what the worker never sees fails within seconds, and nothing restarts', async () => {
  const { stack } = client;
  const hostile = await callHostilely(stack.host?.port ?? 0);
  // A function was started for the control character, and its request never came.
  expect(hostile).toEqual({ longHeaders: 200, controlCharacter: 500 });
  expect((await client.get('/api/health', {})).status).toBe(200);
  expect(await stack.host?.stop()).toEqual({ code: 0, signal: null });
  expect(stack.hostLines().join('\n')).not.toContain('still run');
});
