import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterEach, expect, test } from 'vitest';
import { type Azurite, startAzurite } from '../../../local/stack/azurite.ts';
import { createCertificate, writeCertificate } from '../../../local/stack/certificate.ts';
import { createTokenIssuer } from '../../../local/stand-ins/identity/token-issuer.ts';
import { lastingPorts } from '../../support/lasting-ports.ts';
import { isRunning } from './is-running.ts';
import { send } from './send.ts';

const started: Azurite[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((azurite) => azurite.close()));
});
async function start(...options: Parameters<typeof startAzurite>): Promise<Azurite> {
  const azurite = await startAzurite(...options);
  started.push(azurite);
  return azurite;
}
const queueOf = ({ connectionString }: Azurite) =>
  QueueServiceClient.fromConnectionString(connectionString).getQueueClient('work');

test('queues and tables work by the connection string', async () => {
  const azurite = await start();
  const queue = queueOf(azurite);
  await queue.create();
  await queue.sendMessage('hello', { visibilityTimeout: 0, messageTimeToLive: -1 });
  expect((await queue.receiveMessages()).receivedMessageItems[0]?.messageText).toBe('hello');

  const options = { allowInsecureConnection: true };
  const table = TableClient.fromConnectionString(azurite.connectionString, 'operations', options);
  await table.createTable();
  await table.createEntity({ partitionKey: 'a', rowKey: 'b', status: 'running' });
  expect(await table.getEntity('a', 'b')).toMatchObject({ status: 'running' });
});

test('closing leaves no process', async () => {
  const azurite = await start();
  await azurite.close();
  expect(isRunning(azurite.pid)).toBe(false);
});

test('it can be stopped and come back at the same ports with the data of its folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'azurite-test-'));
  const first = await start({ folder, ports: await lastingPorts() });
  await queueOf(first).create();
  await first.close();
  const second = await start({ folder, ports: first.ports });
  expect(second.connectionString).toBe(first.connectionString);
  expect(await queueOf(second).exists()).toBe(true);
  await second.close();
  await rm(folder, { recursive: true });
});

test('a taken port is a refusal that names it, and leaves no process', async () => {
  const first = await start();
  await expect(startAzurite({ ports: { queue: first.ports.queue } })).rejects.toThrow(
    new RegExp(`Azurite did not start.*${first.ports.queue}`),
  );
});

test('with OAuth it speaks TLS and takes a token of ours for storage', async () => {
  const tls = await createCertificate();
  const files = await writeCertificate(tls);
  const azurite = await start({ oauth: files });
  const { token } = createTokenIssuer().issue('https://storage.azure.com');
  const list = (authorization: string) =>
    send(`${azurite.endpoints.queue}?comp=list`, {
      ca: tls.cert,
      headers: { authorization, 'x-ms-version': '2024-11-04', 'x-ms-date': new Date().toUTCString() },
    });
  expect((await list(`Bearer ${token}`)).status).toBe(200);
  expect((await list('Bearer nonsense')).status).toBe(403);
  await files.remove();
});

test('it ends when the process that started it is killed', async () => {
  const module = new URL('../../../local/stack/azurite.ts', import.meta.url).href;
  const program = `import { startAzurite } from ${JSON.stringify(module)};
    process.stdout.write(String((await startAzurite()).pid));`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [pid] = await once(parent.stdout, 'data');
  expect(isRunning(Number(pid))).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isRunning(Number(pid))).toBe(false);
});
