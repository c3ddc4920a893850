import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { freePort } from '../../../local/stack/free-port.ts';
import { type App, writeApp } from '../../support/write-app.ts';
import { send } from './send.ts';

const start = fileURLToPath(new URL('../../../local/start.ts', import.meta.url));
const run = promisify(execFile);

let app: App;
let temporary: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  app = await writeApp({
    entry: new URL('stack-app.ts', import.meta.url),
    files: { 'local.settings.json': JSON.stringify({ Values: { GRAPH_DEADLINE: 'PT77S' } }) },
  });
});
afterAll(() => app.remove());
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'start-test-'));
});
afterEach(async () => {
  for (const child of children.splice(0))
    if (child.exitCode === null) process.kill(-(child.pid ?? 0), 'SIGKILL');
  await rm(temporary, { recursive: true, force: true });
});

/** Starts it in its own process group and temporary folder. */
function launch(env: Record<string, string> = {}, ...options: string[]) {
  const child = spawn(process.execPath, [start, '--root', app.root, ...options], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: temporary, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  children.push(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.err += chunk;
  });
  const ended = once(child, 'close').then(([code]) => code as number);
  const untilReady = () => expect.poll(() => said.out + said.err).toContain('Log:');
  return { child, said, ended, untilReady };
}

async function takenPort(): Promise<{ port: number; server: Server }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as { port: number }).port, server };
}

/** Processes that were started with this test's temporary folder. */
async function processesLeft(): Promise<string[]> {
  const { stdout } = await run('ps', ['axeww', '-o', 'pid=,stat=,args=']);
  return stdout
    .split('\n')
    .filter((line) => line.includes(`TMPDIR=${temporary}`) && !/^\s*\d+\s+Z/.test(line));
}

/** Runs lines of the screen in a shell in which the printed assignments were pasted first. */
function pasting(screen: string) {
  const assignments = screen.split('\n').find((line) => line.startsWith('export ')) ?? '';
  const paste = async (line: string | undefined) =>
    (await run('sh', ['-c', `${assignments}\n${String(line)}`])).stdout;
  return { paste, key: /KEY=([\w-]+)/.exec(assignments)?.[1] ?? '' };
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  'prints one screen whose lines work when pasted, and %s leaves nothing behind',
  async (signal) => {
    const port = await freePort();
    const { child, said, ended, untilReady } = launch({ PORT: String(port) });
    await untilReady();
    expect(said.out.split('\n').length).toBeLessThan(40);
    expect(said.out).toMatch(/^Starting the local stack/);
    expect(said.out).not.toContain('\u001b');
    expect(said.out).toContain(`http://127.0.0.1:${port}`);
    const curls = said.out.split('\n').filter((line) => line.startsWith('curl '));
    expect(curls).toHaveLength(6);
    // This test's app has no such route; what counts is that the request arrived with the key.
    const { paste, key } = pasting(said.out);
    expect(await paste(curls[0])).toMatch(/^HTTP\/1.1 404/);
    expect(JSON.parse(await paste(curls[3]))).toMatchObject({ rules: [{ times: 3 }] });
    const create = () =>
      send(`http://127.0.0.1:${port}/api/create`, { method: 'POST', headers: { 'x-functions-key': key } });
    expect([(await create()).status, (await create()).status]).toEqual([429, 429]);
    expect(JSON.parse(await paste(curls[4]))).toHaveLength(2);
    expect(JSON.parse(await paste(curls[5]))).toEqual([]);

    expect((await processesLeft()).length).toBeGreaterThanOrEqual(3);
    // As a terminal does: the whole process group gets the signal.
    process.kill(-(child.pid ?? 0), signal);
    expect(await ended).toBe(0);
    expect(await processesLeft()).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
    expect(said.err).toBe('');
    expect(said.out).toMatch(/\nStopping …\n$/);
  },
);

test('serves the app over TLS with HTTPS=1, and prints what makes curl trust it', async () => {
  const port = await freePort();
  const { said, untilReady } = launch({ PORT: String(port), HTTPS: '1' });
  await untilReady();
  expect(said.out).toContain(`ADAPTER=https://localhost:${port} `);
  const { paste } = pasting(said.out);
  const answered = await paste(
    'curl -s -o - -w "%{http_code}" -X POST "$ADAPTER/api/create" -H "x-functions-key: $KEY"',
  );
  expect(answered).toContain('201');
});

test('signs what it prints where changes must be signed', async () => {
  const secret = `whsec_${Buffer.alloc(32, 's').toString('base64')}`;
  const { said, untilReady } = launch({ PORT: String(await freePort()), WEBHOOK_SECRETS: secret });
  await untilReady();
  const requests = said.out.split('\n').filter((line) => line.includes('$ADAPTER/api'));
  expect(requests).toHaveLength(3);
  for (const line of requests) {
    expect(line).toMatch(/^npx external-groups sign --body '.*' \| curl -H @- /);
    expect(line).not.toContain('-X P');
  }
  expect(said.out).not.toContain(secret);
});

test('a signal during the start stops it as well', async () => {
  const { child, ended } = launch({ PORT: String(await freePort()) });
  await expect.poll(() => readdir(temporary)).not.toEqual([]);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(await processesLeft()).toEqual([]);
  expect(await readdir(temporary)).toEqual([]);
});

test.each([[[]], [['--build']]])(
  'a taken port is named in one sentence, before anything else happens %j',
  async (options) => {
    const { port, server } = await takenPort();
    const { said, ended } = launch({ PORT: String(port) }, ...options);
    expect(await ended).toBe(1);
    expect(said).toEqual({ out: '', err: `Port ${port} is in use; set PORT to another one.\n` });
    server.close();
  },
);

test.each([
  [{ PORT: 'http' }, [], 'PORT is "http" but must be a port from 1 to 65535.\n'],
  [{}, ['--port', '70000'], '--port is "70000" but must be a port from 1 to 65535.\n'],
  [{}, ['--prot', '1'], "Unknown option '--prot'\n"],
])('%j %j is refused in one sentence', async (env, options, sentence) => {
  const { said, ended } = launch(env, ...options);
  expect(await ended).toBe(1);
  expect(said).toEqual({ out: '', err: sentence });
});

test('an app that cannot start ends everything with its reason', async () => {
  const { said, ended } = launch({ PORT: String(await freePort()) }, '--root', join(app.root, 'none'));
  expect(await ended).toBe(1);
  expect(said.err).not.toContain('    at ');
  expect(said.err.trim().split('\n')).toHaveLength(1);
  expect(await processesLeft()).toEqual([]);
  expect(await readdir(temporary)).toEqual([]);
});

test('a host that dies takes the rest with it', async () => {
  const { said, ended, untilReady } = launch({ PORT: String(await freePort()) });
  await untilReady();
  const host = (await processesLeft()).find((line) => line.includes('functions-host/src/main.ts'));
  process.kill(Number.parseInt(String(host), 10), 'SIGKILL');
  expect(await ended).toBe(1);
  expect(said.err).toBe('The functions host ended (SIGKILL); stopping the rest.\n');
  expect(await processesLeft()).toEqual([]);
});

test('uses func if it is on the PATH, with the same settings, and stops its process group', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fake-func-'));
  await writeFile(
    join(folder, 'func'),
    `#!/bin/sh
    echo "func: $*"
    # A worker below a launcher, as Core Tools start it.
    "${process.execPath}" -e '
      const { createServer } = require("node:http");
      createServer((request, response) => response.end(process.env.GRAPH_BASE_URL)).listen(process.argv[1], "127.0.0.1");
    ' "$3" &
    wait`,
  );
  await chmod(join(folder, 'func'), 0o755);
  const port = await freePort();
  const { child, said, ended, untilReady } = launch(
    { PATH: `${folder}:${process.env.PATH}` },
    '--port',
    String(port),
  );
  await untilReady();
  expect(said.out).toContain('func start');
  await expect.poll(() => said.out).toContain(`func: start --port ${port}`);
  expect((await send(`http://127.0.0.1:${port}/`)).text).toMatch(/^https:\/\/localhost:\d+$/);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(await processesLeft()).toEqual([]);
  await rm(folder, { recursive: true });
});
