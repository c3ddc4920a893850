import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Stack, startStack } from '../../../local/stack/stack.ts';
import { type App, writeApp } from '../../support/write-app.ts';
import { isRunning } from './is-running.ts';
import { send } from './send.ts';

let app: App;
let stack: Stack;

beforeAll(async () => {
  vi.stubEnv('EXTERNAL_CONNECTIONS', 'from the shell');
  vi.stubEnv('SOMETHING_ELSE', 'from the shell');
  app = await writeApp({
    entry: new URL('stack-app.ts', import.meta.url),
    files: { 'local.settings.json': JSON.stringify({ Values: { GRAPH_DEADLINE: 'PT77S' } }) },
  });
  stack = await startStack({
    projectRoot: app.root,
    env: { GROUP_ID_CHARACTERS: 'base64url', TZ: undefined },
  });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await stack.close();
  await app.remove();
});

const call = (path: string, method = 'GET', key = stack.functionKey) =>
  send(`${stack.host?.url}/api/${path}`, { method, headers: { 'x-functions-key': key } });
const settings = async () => (await call('settings')).json.env as Record<string, string | undefined>;

test('an app in the host reaches identity and Graph, and the stand-in sees it', async () => {
  expect((await call('create', 'POST')).status).toBe(201);
  expect(stack.graph.calls()).toEqual([
    expect.objectContaining({
      status: 201,
      tokenAccepted: true,
      tls: 'TLSv1.3',
      host: `localhost:${stack.graph.port}`,
    }),
  ]);
  expect(stack.identity.counts()).toEqual({ calls: 1, issued: 1, refused: 0 });
  await expect.poll(() => stack.hostLines().join('\n')).toContain('/api/create');
});

test('the function key is asked for', async () => {
  expect((await call('settings', 'GET', 'wrong')).status).toBe(401);
});

test('the host says what it serves', () => {
  expect(stack.host?.functions.map(({ name }) => name).sort()).toEqual([
    'cleans',
    'create',
    'health',
    'settings',
  ]);
});

test('a function of a timer can be run by hand', async () => {
  await stack.runFunction('cleans');
  await expect.poll(() => stack.hostLines().join('\n')).toContain('cleaned');
  await expect(stack.runFunction('nothing')).rejects.toThrow('The host does not run nothing: 404');
});

describe('settings', () => {
  test('lead to the stand-ins', async () => {
    expect(await settings()).toMatchObject({
      AzureWebJobsStorage: stack.azurite.connectionString,
      GRAPH_BASE_URL: `https://localhost:${stack.graph.port}`,
      IDENTITY_ENDPOINT: stack.identity.url,
      IDENTITY_HEADER: stack.identity.header,
      APPLICATIONINSIGHTS_CONNECTION_STRING: stack.telemetry.connectionString,
      NODE_EXTRA_CA_CERTS: stack.certFile,
    });
  });

  test('are those that the caller gives; the shell and local.settings.json have no say', async () => {
    const seen = await settings();
    expect(seen.GROUP_ID_CHARACTERS).toBe('base64url');
    expect([seen.EXTERNAL_CONNECTIONS, seen.GRAPH_DEADLINE]).toEqual(['', '']);
    expect(seen).not.toHaveProperty('SOMETHING_ELSE');
    expect(seen).not.toHaveProperty('TZ');
    expect(seen.PATH).toBe(process.env.PATH);
  });
});

test('a killed host comes back with the same key while the rest lives on', async () => {
  const first = stack.host;
  first?.kill('SIGKILL');
  expect(await first?.exited).toEqual({ code: null, signal: 'SIGKILL' });
  await expect(call('health')).rejects.toThrow(/ECONNREFUSED/);

  const second = await stack.startHost({ GRAPH_DEADLINE: 'PT1S' });
  expect(stack.host).toBe(second);
  expect((await settings()).GRAPH_DEADLINE).toBe('PT1S');
  expect(stack.graph.groups()).toHaveLength(1);
});

test('a host that cannot start says why, and the rest goes with it', async () => {
  const root = join(app.root, 'nothing-here');
  await expect(startStack({ projectRoot: root })).rejects.toThrow();
  const port = stack.host?.port ?? 0;
  await expect(startStack({ projectRoot: app.root, ports: { functions: port } })).rejects.toThrow(
    `Port ${port} is in use`,
  );
});

test('closing leaves no process, no port and no file, also when asked twice', async () => {
  const other = await startStack({ projectRoot: app.root });
  const { host, azurite, certFile, control } = other;
  await other.close();
  await other.close();
  expect([host?.pid ?? 0, azurite.pid].map(isRunning)).toEqual([false, false]);
  expect(existsSync(certFile)).toBe(false);
  await expect(send(control.url)).rejects.toThrow(/ECONNREFUSED/);
});

test('storage gone silent and back is a signal away', async () => {
  const table = TableClient.fromConnectionString(stack.azurite.connectionString, 'probe', {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
  await table.createTable();
  stack.azurite.kill('SIGSTOP');
  const write = (rowKey: string, abortSignal?: AbortSignal) =>
    table.createEntity({ partitionKey: 'a', rowKey }, abortSignal === undefined ? {} : { abortSignal });
  await expect(write('silent', AbortSignal.timeout(300))).rejects.toThrow(/abort/i);
  stack.azurite.kill('SIGCONT');
  await write('back');
});

test('a host that is asked to stop ends by itself', async () => {
  const host = await stack.startHost();
  expect(await host.stop()).toEqual({ code: 0, signal: null });
});
