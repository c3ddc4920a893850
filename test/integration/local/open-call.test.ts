import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCertificate } from '../../../local/stack/certificate.ts';
import { type CallLog, createCallLog } from '../../../local/stand-ins/graph/call-log.ts';
import { createOpenCall } from '../../../local/stand-ins/graph/open-call.ts';

const log: CallLog = createCallLog();
const openCall = createOpenCall(log);
const leaving: (() => void)[] = [];
const unanswered: ServerResponse[] = [];
const tls = await createCertificate();
const server = createServer({ cert: tls.cert, key: tls.key }, (incoming, response) => {
  leaving.push(openCall(incoming, response).leave);
  unanswered.push(response);
  server.emit('opened');
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function open() {
  const opened = once(server, 'opened');
  const { port } = server.address() as AddressInfo;
  const url = `https://localhost:${port}/v1.0/external/connections/contosohr/groups`;
  const sent = request(url, { ca: tls.cert });
  sent.on('error', () => undefined).end();
  await opened;
  return sent;
}
const inFlight = () => log.calls().map((call) => call.inFlight);

test('a call is under way until it leaves, though its response is not over, and counts once', async () => {
  await open();
  await open();
  leaving[0]?.();
  leaving[0]?.();
  await open();
  expect(inFlight()).toEqual([1, 2, 2]);
});

test('a call whose caller goes is under way no longer', async () => {
  const sent = await open();
  expect(inFlight().at(-1)).toBe(3);
  const closed = once(unanswered.at(-1) ?? server, 'close');
  sent.destroy();
  await closed;
  await open();
  expect(inFlight().at(-1)).toBe(3);
});
