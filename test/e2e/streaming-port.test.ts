import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Client, example, startClient } from './client.ts';

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
    env: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(telltale)}` },
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
