import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Client, example, startClient } from '../client.ts';

const sockets = new Set<Socket>();
const mute = createServer((socket) => sockets.add(socket.on('error', () => socket.destroy())));
let client: Client;

beforeAll(async () => {
  client = await startClient({ functionsHost: false });
  mute.listen(0, '127.0.0.1');
  await once(mute, 'listening');
});
afterAll(async () => {
  await client.close();
  mute.close();
  for (const socket of sockets) socket.destroy();
});

// `telemetry/intake.test.ts` covers an intake that responds; this one does not even complete the TLS handshake.
it('an intake that takes the connection and says nothing holds up neither answers nor the end', async () => {
  const { stack, post, settled } = client;
  const { port } = mute.address() as AddressInfo;
  const leadsThere = stack.telemetry.connectionString.replaceAll(`:${stack.telemetry.port}`, `:${port}`);
  const host = await stack.startHost({ APPLICATIONINSIGHTS_CONNECTION_STRING: leadsThere });
  expect((await post(example)).status).toBe(201);
  const accepted = await post({ ...example, id: 'deferred' }, { headers: { prefer: 'respond-async' } });
  expect(await settled(accepted.body.id)).toMatchObject({ status: 'succeeded' });
  expect(await host.stop(20_000)).toEqual({ code: 0, signal: null });
});
