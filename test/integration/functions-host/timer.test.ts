import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type StartedStorage, startStorage } from '../../support/storage.ts';
import { type App, writeApp } from '../../support/write-app.ts';
import { logged, type RunningHost, runHost } from './run-host.ts';

describe('a timer function', () => {
  let storage: StartedStorage;
  let app: App;
  let data: string;
  let running: RunningHost | undefined;
  beforeAll(async () => {
    storage = await startStorage();
    app = await writeApp({ entry: new URL('apps/timer.ts', import.meta.url) });
  });
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'functions-host-data-'));
  });
  afterEach(async () => {
    await running?.end('SIGKILL');
    running = undefined;
    await rm(data, { recursive: true, force: true });
  });
  afterAll(async () => {
    await app.remove();
    await storage.close();
  });

  async function start(env: Record<string, string> = {}): Promise<RunningHost> {
    running = await runHost(app.root, {
      AzureWebJobsStorage: storage.connectionString,
      FUNCTIONS_HOST_DATA: data,
      TICKS: '0 0 0 1 1 *',
      ...env,
    });
    return running;
  }

  it('is announced with its schedule, settings in it resolved', async () => {
    const { functions } = await start({ TICKS: '*/5 * * * *' });
    expect(functions).toContainEqual({ name: 'ticks', type: 'timer', schedule: '*/5 * * * *' });
  });

  it.each([
    ['an NCRONTAB expression', '* * * * * *', true],
    ['a time span', '00:00:00.2', false],
  ])('runs by %s, again and again', async (_name, TICKS, adjustForDST) => {
    const from = await start({ TICKS });
    await from.seen(/ticked[\s\S]*ticked[\s\S]*ticked/);
    // More than once a minute, so that there is no status; and no trigger metadata ever.
    expect(from.output()).toMatch(/ticked \{.*\} true$/m);
    expect(logged(from, 'ticked')[0]).toEqual({
      isPastDue: false,
      schedule: { adjustForDST },
      scheduleStatus: null,
    });
    await from.seen(/ticks [0-9a-f]{8} timer succeeded \d+ ms/);
  });

  it('runs at the start of the host if configured', async () => {
    const from = await start();
    await from.seen(/ began /);
    const [timer] = logged(from, 'began');
    expect(timer).toEqual({
      isPastDue: false,
      schedule: { adjustForDST: true },
      scheduleStatus: {
        last: '0001-01-01T00:00:00+00:00',
        next: expect.stringMatching(/^\d{4}-01-01T00:00:00[+-]\d\d:\d\d$/),
        lastUpdated: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d$/),
      },
    });
  });

  it('that was due while no host ran makes up for it, and says so', async () => {
    await (await start()).end();
    const missed = {
      Last: '2020-01-01T00:00:00+00:00',
      Next: '2021-01-01T00:00:00+00:00',
      LastUpdated: '2020-01-01T00:00:00+00:00',
    };
    await writeFile(join(data, 'timers', 'yearly.status'), JSON.stringify(missed));
    const from = await start({ TZ: 'UTC' });
    await from.seen(/yearly [0-9a-f]{8} timer, past due, succeeded/);
    expect(logged(from, 'yearly')[0]).toMatchObject({
      isPastDue: true,
      scheduleStatus: { next: '2021-01-01T00:00:00+00:00' },
    });
    // The missed run has been made up for: the next host has nothing to do. The status is written after the log.
    const yearly = () => readFile(join(data, 'timers', 'yearly.status'), 'utf8');
    await expect.poll(yearly, { timeout: 60_000 }).toMatch(/"LastUpdated":"(?!2020).*\}$/);
    await from.end();
    const next = await start({ TZ: 'UTC' });
    await next.seen(/ began /);
    expect(next.output()).not.toContain('past due');
  });

  it('that throws is logged, and its schedule goes on', async () => {
    const from = await start({ FAILING: 'yes' });
    await from.runFunction('yearly');
    await from.seen(/ERR yearly [0-9a-f]{8} timer failed \d+ ms: Error: no luck/);
    await from.runFunction('yearly');
    await from.seen(/no luck[\s\S]*timer failed/);
    expect(from.child.exitCode).toBeNull();
  });

  it('finishes on SIGTERM, and is not begun again', async () => {
    const from = await start({ LASTING: '500', TICKS: '00:00:00.1' });
    await from.runFunction('yearly');
    await from.seen(/ yearly \{/);
    expect(await from.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(from.output()).toMatch(/yearly [0-9a-f]{8} timer succeeded/);
  });

  it('that a setting disables does not run, but can be run by hand', async () => {
    const from = await start({ 'AzureWebJobs.begins.Disabled': 'true', TICKS: '00:00:00.1' });
    expect(from.functions).toContainEqual(expect.objectContaining({ name: 'begins', disabled: true }));
    await from.seen(/ticked[\s\S]*ticked/);
    expect(logged(from, 'began')).toEqual([]);
    await from.runFunction('BEGINS');
    await from.seen(/ began /);
    expect(logged(from, 'began')[0]).toMatchObject({ isPastDue: false });
  });
});

describe('POST /admin/functions/{name}', () => {
  let storage: StartedStorage;
  let app: App;
  let host: RunningHost;
  beforeAll(async () => {
    storage = await startStorage();
    app = await writeApp({ entry: new URL('apps/timer.ts', import.meta.url) });
    host = await runHost(app.root, {
      AzureWebJobsStorage: storage.connectionString,
      TICKS: '0 0 0 1 1 *',
      FUNCTIONS_HOST_FUNCTION_KEYS: 'yearly=own-key',
    });
  });
  afterAll(async () => {
    await host.end('SIGKILL');
    await app.remove();
    await storage.close();
  });

  const post = (path: string, init: RequestInit & { key?: string } = {}) => {
    const { key = 'test-master-key', headers, ...rest } = init;
    return fetch(`${host.url}${path}`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', 'x-functions-key': key, ...headers },
      ...rest,
    });
  };

  it('runs a timer function and answers at once', async () => {
    const response = await post('/admin/functions/Yearly');
    expect([response.status, await response.text()]).toEqual([202, '']);
    await host.seen(/yearly [0-9a-f]{8} timer succeeded/);
  });

  it('runs a queue function with the input as its message', async () => {
    const response = await post('/admin/functions/works', { body: '{"input":"{\\"a\\":1}"}' });
    expect(response.status).toBe(202);
    await host.seen(/ worked /);
    expect(logged(host, 'worked')[0]).toMatchObject({
      message: { a: 1 },
      metadata: { dequeueCount: 0, a: 1 },
    });
  });

  it.each([
    ['no key', { key: '' }, 401],
    ['a wrong key', { key: 'guess' }, 401],
    ['the host key', { key: 'test-key' }, 403],
    ['a key of the function', { key: 'own-key' }, 401],
    ['GET', { method: 'GET', body: null }, 405],
    ['a body that is not JSON', { body: '{"input"' }, 400],
    ['no body', { body: '' }, 400],
    ['an input that is no text', { body: '{"input":{}}' }, 400],
    ['another media type', { headers: { 'content-type': 'text/plain' } }, 415],
  ])('with %s is refused', async (_name, init: RequestInit & { key?: string }, status) => {
    expect((await post('/admin/functions/yearly', init)).status).toBe(status);
  });

  it.each(['/admin/functions/unknown', '/admin/functions/hello', '/admin/host/status', '/admin'])(
    'does not know %s',
    async (path) => {
      expect((await post(path)).status).toBe(404);
    },
  );
});
