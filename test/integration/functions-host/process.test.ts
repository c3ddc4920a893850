import { once } from 'node:events';
import { createServer } from 'node:net';
import { build } from 'esbuild';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { type RunningHost, runFailingHost, runHost } from './run-host.ts';
import { type App, type AppFiles, writeApp } from './write-app.ts';

const hello = `
import { app } from '@azure/functions';
app.setup({ enableHttpStream: true });
app.http('hello', { methods: ['GET'], authLevel: 'anonymous', handler: () => ({ body: 'hello' }) });
`;

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
    const named = (name: string): string => hello.replaceAll("'hello'", `'${name}'`);
    const files = { 'src/functions/one.js': named('one'), 'src/functions/two.js': named('two') };
    const host = await run({ main: 'src/functions/*.js', files });
    expect([await bodyOf(host, 'one'), await bodyOf(host, 'two')]).toEqual(['one', 'two']);
  });

  it('CommonJS', async () => {
    const entry = hello.replace(/import .*/, "const { app } = require('@azure/functions');");
    expect(await bodyOf(await run({ main: 'index.cjs', files: { 'index.cjs': entry } }))).toBe('hello');
  });

  it.each(['esm', 'cjs'] as const)('an esbuild bundle, %s', async (format) => {
    const extension = format === 'esm' ? 'js' : 'cjs';
    const root = await write({ entry: hello, main: `dist/index.${extension}` });
    const banner = "import { createRequire as c } from 'node:module'; const require = c(import.meta.url);";
    await build({
      entryPoints: [`${root}/index.js`],
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
    const entry = `${hello}
      app.http('settings', { methods: ['GET'], authLevel: 'anonymous',
        handler: () => ({ jsonBody: [process.env.FROM_FILE, process.env.FROM_BOTH] }) });`;
    const files = {
      'local.settings.json': '{"Values": {"FROM_FILE": "file", "FROM_BOTH": "file"}}',
      'host.json': '\uFEFF{"Extensions": {"HTTP": {"routePrefix": "other"}}}',
    };
    const { url } = await run({ entry, files }, { FROM_BOTH: 'environment' });
    expect(await (await fetch(`${url}/other/settings`)).json()).toEqual(['file', 'environment']);
  });
});

describe('the functions host fails with one sentence', () => {
  it.each([
    [
      'an entry that throws',
      { entry: "throw new Error('GRAPH_CLOUD is wrong.')" },
      {},
      'GRAPH_CLOUD is wrong.',
    ],
    [
      'a missing entry',
      { main: 'dist/none.js' },
      {},
      /No file matches package\.json's "main" \(dist\/none\.js\)/,
    ],
    ['an app without functions', { entry: '' }, {}, 'The app registers no function.'],
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
      { entry: `${hello}app.storageQueue('q', { queueName: 'q', connection: 'Other', handler() {} });` },
      {},
      'Neither Other nor Other__queueServiceUri nor Other__accountName is set.',
    ],
    [
      'an identity connection without a credential',
      { entry: `${hello}app.storageQueue('q', { queueName: 'q', connection: '', handler() {} });` },
      { AzureWebJobsStorage__accountName: 'account' },
      /set AzureWebJobsStorage__credential to "managedidentity"/,
    ],
    [
      'a connection string that is none',
      { entry: `${hello}app.storageQueue('q', { queueName: 'q', connection: '', handler() {} });` },
      { AzureWebJobsStorage: 'AccountKey=secret' },
      'AzureWebJobsStorage is not a storage connection string.',
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
  const slow = `${hello}
    import { setTimeout as delay } from 'node:timers/promises';
    app.http('slow', { methods: ['GET'], authLevel: 'anonymous', handler: async (_request, context) => {
      context.log('slow began'); await delay(Number(process.env.SLOW)); return { body: 'slow' };
    } });
    app.http('rejects', { methods: ['GET'], authLevel: 'anonymous', handler: () => {
      Promise.reject(new Error('nobody caught this')); return { body: 'x' };
    } });
    app.hook.appTerminate(() => console.log('appTerminate ran'));`;

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
    const started = Date.now();
    expect(await host.end('SIGTERM')).toEqual({ code: 1, signal: null });
    expect(Date.now() - started).toBeLessThan(3000);
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
  const waits = `${hello}
    const held = [];
    app.http('waits', { methods: ['GET'], authLevel: 'anonymous', handler: async () => {
      await new Promise((go) => held.push(go)); return { body: 'went' };
    } });
    app.http('go', { methods: ['GET'], authLevel: 'anonymous', handler: () => {
      for (const go of held.splice(0)) go(); return { body: 'ok' };
    } });`;

  it('maxOutstandingRequests: 429 beyond it', async () => {
    const host = await run({ entry: waits, host: { extensions: { http: { maxOutstandingRequests: 2 } } } });
    const controller = new AbortController();
    const { signal } = controller;
    const held = [1, 2].map(() => fetch(`${host.url}/api/waits`, { signal }).catch(() => undefined));
    await until(async () => (await fetch(`${host.url}/api/hello`)).status === 429);
    controller.abort();
    await Promise.all(held);
  });

  it('maxConcurrentRequests: the rest waits for its turn', async () => {
    const entry = `${hello}
      let running = 0; let most = 0;
      app.http('counts', { methods: ['GET'], authLevel: 'anonymous', handler: async () => {
        most = Math.max(most, ++running); await new Promise((go) => setTimeout(go, 20)); running--;
        return { body: String(most) };
      } });`;
    const host = await run({ entry, host: { extensions: { http: { maxConcurrentRequests: 3 } } } });
    const bodies = await Promise.all(Array.from({ length: 20 }, () => bodyOf(host, 'counts')));
    expect(Math.max(...bodies.map(Number))).toBe(3);
  });

  it('the time a function may take to answer', async () => {
    const host = await run({ entry: waits }, { FUNCTIONS_HOST_HTTP_TIMEOUT: '0.3' });
    expect((await fetch(`${host.url}/api/waits`)).status).toBe(504);
    expect((await fetch(`${host.url}/api/go`)).status).toBe(200);
  });

  it('logLevel, and sends errors to stderr', async () => {
    const entry = `${hello}
      app.http('chatty', { methods: ['GET'], authLevel: 'anonymous', handler: (_request, context) => {
        context.debug('a debug line'); context.info('an information line');
        context.warn('a warning line'); context.error('an error line');
        return { body: 'x' };
      } });
      app.http('quiet', { methods: ['GET'], authLevel: 'anonymous', handler: (_request, context) => {
        context.warn('a quiet line'); return { body: 'x' };
      } });`;
    const logLevel = { default: 'Warning', 'Function.chatty.User': 'Debug', 'Function.quiet': 'Error' };
    const host = await run({ entry, host: { logging: { logLevel } } });
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
    const entry = `${hello}
      app.http('hooked', { methods: ['GET'], authLevel: 'anonymous', handler: () => { throw new Error('original'); } });
      const order = [];
      app.hook.appStart(() => { order.push('appStart'); });
      app.hook.preInvocation((context) => {
        order.push('pre'); context.hookData.seen = 'shared'; context.inputs = ['changed'];
      });
      app.hook.preInvocation((context) => {
        const { functionHandler } = context;
        context.functionHandler = (input, invocation) => {
          order.push(input); invocation.log('before'); return functionHandler(input, invocation);
        };
      });
      app.hook.postInvocation((context) => {
        order.push(context.error.message, context.hookData.seen);
        context.error = null; context.result = { jsonBody: order };
      });
      app.hook.log((context) => { if (context.category === 'user') context.message += ' and after'; });`;
    const host = await run({ entry });
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
