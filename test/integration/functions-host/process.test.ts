import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { type App, type AppFiles, writeApp } from '../../support/write-app.ts';
import { type RunningHost, runFailingHost, runHost } from './run-host.ts';

const appNamed = (name: string): URL => new URL(`apps/${name}`, import.meta.url);
const hello = appNamed('hello.ts');

let running: RunningHost | undefined;
let app: App | undefined;
afterEach(async () => {
  await running?.end('SIGKILL');
  await app?.remove();
  running = undefined;
  app = undefined;
});

async function write(files: AppFiles): Promise<string> {
  app = await writeApp(files);
  return app.root;
}

async function run(files: AppFiles, env?: Record<string, string>): Promise<RunningHost> {
  running = await runHost(await write(files), env);
  return running;
}

async function bodyOf({ url }: RunningHost, path = 'hello'): Promise<string> {
  return (await fetch(`${url}/api/${path}`)).text();
}

describe('the functions host loads', () => {
  it('an ES module', async () => {
    expect(await bodyOf(await run({ entry: hello }))).toBe('hello');
  });

  it('every file that a glob in main matches', async () => {
    const load = (name: string): string => `import ${JSON.stringify(appNamed(name).href)};`;
    const files = { 'src/functions/one.js': load('hello.ts'), 'src/functions/two.js': load('logs.ts') };
    const host = await run({ main: 'src/functions/*.js', files });
    expect([await bodyOf(host, 'hello'), await bodyOf(host, 'quiet')]).toEqual(['hello', 'x']);
  });

  it('CommonJS', async () => {
    const entry = `require(${JSON.stringify(fileURLToPath(appNamed('hello.cjs')))});`;
    expect(await bodyOf(await run({ main: 'index.cjs', files: { 'index.cjs': entry } }))).toBe('hello');
  });

  it.each(['esm', 'cjs'] as const)('an esbuild bundle, %s', async (format) => {
    const extension = format === 'esm' ? 'js' : 'cjs';
    const root = await write({ main: `dist/index.${extension}` });
    const banner = "import { createRequire as c } from 'node:module'; const require = c(import.meta.url);";
    await build({
      entryPoints: { index: fileURLToPath(hello) },
      outdir: `${root}/dist`,
      outExtension: { '.js': `.${extension}` },
      bundle: true,
      minify: true,
      format,
      platform: 'node',
      external: ['@azure/functions-core'],
      ...(format === 'esm'
        ? { splitting: true, mainFields: ['module', 'main'], banner: { js: banner } }
        : {}),
    });
    running = await runHost(root);
    expect(await bodyOf(running)).toBe('hello');
  });

  it('settings of local.settings.json that are not set yet, and host.json whatever its case', async () => {
    const files = {
      'local.settings.json': '{"Values": {"FROM_FILE": "file", "FROM_BOTH": "file"}}',
      'host.json': '\uFEFF{"Extensions": {"HTTP": {"routePrefix": "other"}}}',
    };
    const { url } = await run({ entry: appNamed('settings.ts'), files }, { FROM_BOTH: 'environment' });
    expect(await (await fetch(`${url}/other/settings`)).json()).toEqual(['file', 'environment']);
  });
});

describe('the functions host fails with one sentence', () => {
  it.each([
    [
      'an entry that throws',
      { files: { 'index.js': "throw new Error('GRAPH_CLOUD is wrong.');" } },
      {},
      'GRAPH_CLOUD is wrong.',
    ],
    [
      'a missing entry',
      { main: 'dist/none.js' },
      {},
      /No file matches package\.json's "main" \(dist\/none\.js\)/,
    ],
    ['an app without functions', {}, {}, 'The app registers no function.'],
    [
      'broken host.json',
      { files: { 'host.json': '{"a": ]' } },
      {},
      /host\.json is not JSON: Unexpected token ']'/,
    ],
    [
      'wrong host.json values',
      { host: { extensions: { queues: { batchSize: 33, messageEncoding: 'hex' } } } },
      {},
      /batchSize is 33 .*; .*|messageEncoding is "hex" .*batchSize is 33/,
    ],
    [
      'a queue without a connection',
      { entry: appNamed('queue-connection.ts') },
      { CONNECTION: 'Other' },
      'Neither Other nor Other__queueServiceUri nor Other__accountName is set.',
    ],
    [
      'an identity connection without a credential',
      { entry: appNamed('queue-connection.ts') },
      { AzureWebJobsStorage__accountName: 'account' },
      /set AzureWebJobsStorage__credential to "managedidentity"/,
    ],
    [
      'a connection string that is none',
      { entry: appNamed('queue-connection.ts') },
      { AzureWebJobsStorage: 'AccountKey=secret' },
      'AzureWebJobsStorage is not a storage connection string.',
    ],
    [
      'a timer whose schedule names a setting that is not there',
      { entry: appNamed('timer.ts') },
      {},
      'Function "ticks": its schedule needs the setting TICKS.',
    ],
    [
      'a timer with a schedule that is none',
      { entry: appNamed('timer.ts') },
      { TICKS: 'hourly' },
      'Function "ticks": The schedule "hourly" is neither an NCRONTAB expression nor a time span.',
    ],
    [
      'unreadable keys of functions',
      { entry: hello },
      { FUNCTIONS_HOST_FUNCTION_KEYS: 'secret' },
      'FUNCTIONS_HOST_FUNCTION_KEYS must be "function=key", several separated by commas.',
    ],
    [
      'an unreadable port',
      { entry: hello },
      { FUNCTIONS_HOST_PORT: 'x' },
      'FUNCTIONS_HOST_PORT is "x" but must be a number.',
    ],
  ])('on %s', async (_name, files, env, expected) => {
    const { message, code, errors } = await runFailingHost(await write(files), env);
    if (typeof expected === 'string') expect(message).toBe(expected);
    else expect(message).toMatch(expected);
    expect(errors).toBe(`${message}\n`);
    expect(code).toBe(1);
  });

  it('on a port in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = String(typeof address === 'object' ? address?.port : '');
    const { message } = await runFailingHost(await write({ entry: hello }), { FUNCTIONS_HOST_PORT: port });
    expect(message).toBe(`Port ${port} is in use.`);
    server.close();
  });
});

describe('the functions host ends', () => {
  const slow = appNamed('ends.ts');

  it.each(['SIGTERM', 'SIGINT'] as const)('on %s once running requests are answered', async (signal) => {
    const host = await run({ entry: slow }, { SLOW: '500' });
    const answer = bodyOf(host, 'slow');
    await host.seen(/slow began/);
    expect(await host.end(signal)).toEqual({ code: 0, signal: null });
    expect(await answer).toBe('slow');
    expect(host.output()).toContain('appTerminate ran');
  });

  it('at once on a second signal', async () => {
    const host = await run({ entry: slow }, { SLOW: '60000' });
    bodyOf(host, 'slow').catch(() => {});
    await host.seen(/slow began/);
    host.child.kill('SIGTERM');
    await until(() =>
      fetch(host.url).then(
        () => false,
        () => true,
      ),
    );
    // If it waited for the request and eventually gave it up, it would end with 0.
    expect(await host.end('SIGTERM')).toEqual({ code: 1, signal: null });
  });

  it('when its parent lets go', async () => {
    const host = await run({ entry: slow });
    host.child.disconnect();
    const [code] = await once(host.child, 'exit');
    expect(code).toBe(0);
    expect(host.output()).toContain('appTerminate ran');
  });

  it('when a function runs past functionTimeout', async () => {
    const host = await run({ entry: slow, host: { functionTimeout: '00:00:01' } }, { SLOW: '60000' });
    bodyOf(host, 'slow').catch(() => {});
    const [code] = await once(host.child, 'exit');
    expect(code).toBe(1);
    expect(host.errors()).toMatch(/Function slow \([0-9a-f-]+\) ran past functionTimeout/);
  });

  it('when the app leaves a rejection unhandled', async () => {
    const host = await run({ entry: slow });
    bodyOf(host, 'rejects').catch(() => {});
    const [code] = await once(host.child, 'exit');
    expect(code).toBe(1);
    expect(host.errors()).toMatch(/^Unhandled rejection in the app: Error: nobody caught this/m);
  });
});

describe('the functions host honours', () => {
  const limits = appNamed('limits.ts');

  it('maxOutstandingRequests: 429 beyond it', async () => {
    const host = await run({ entry: limits, host: { extensions: { http: { maxOutstandingRequests: 2 } } } });
    const controller = new AbortController();
    const { signal } = controller;
    const held = [1, 2].map(() => fetch(`${host.url}/api/waits`, { signal }).catch(() => undefined));
    await until(async () => (await fetch(`${host.url}/api/hello`)).status === 429);
    controller.abort();
    await Promise.all(held);
  });

  it('maxConcurrentRequests: the rest waits for its turn', async () => {
    const host = await run({ entry: limits, host: { extensions: { http: { maxConcurrentRequests: 3 } } } });
    const bodies = await Promise.all(Array.from({ length: 20 }, () => bodyOf(host, 'counts')));
    expect(Math.max(...bodies.map(Number))).toBe(3);
  });

  it('the time a function may take to answer', async () => {
    const host = await run({ entry: limits }, { FUNCTIONS_HOST_HTTP_TIMEOUT: '0.3' });
    expect((await fetch(`${host.url}/api/waits`)).status).toBe(504);
    expect((await fetch(`${host.url}/api/release`)).status).toBe(200);
  });

  it('logLevel, and sends errors to stderr', async () => {
    const logLevel = { default: 'Warning', 'Function.chatty.User': 'Debug', 'Function.quiet': 'Error' };
    const host = await run({ entry: appNamed('logs.ts'), host: { logging: { logLevel } } });
    await bodyOf(host, 'quiet');
    await bodyOf(host, 'chatty');
    await host.seen(/an error line/);
    const lines = host.output().split('\n');
    expect(lines.filter((line) => line.includes(' line'))).toHaveLength(4);
    expect(host.output()).not.toContain('quiet');
    expect(host.output()).not.toContain('GET /api');
    expect(host.errors()).toMatch(/^[\d:.]{12} ERR chatty [0-9a-f]{8} an error line\n$/);
  });

  it('hooks in their order, which may replace inputs, handler, result, error and log lines', async () => {
    const host = await run({ entry: appNamed('hooks.ts') });
    expect(JSON.parse(await bodyOf(host, 'hooked'))).toEqual([
      'appStart',
      'pre',
      'changed',
      'original',
      'shared',
    ]);
    await host.seen(/before and after/);
  });
});
