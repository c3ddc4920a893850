/**
 * `npm run check:worker -- <folder> [zip]`: starts the package, or that of a release, on Microsoft's own Node.js worker, in
 * `<folder>` built from https://github.com/Azure/azure-functions-nodejs-worker. The worker must register every function
 * with its trigger, and answer `GET /api/health`.
 */
import { execFile, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createApp } from '../src/app.ts';
import { routeNames, routes } from '../src/http/routes.ts';
import { packageApp } from './package.ts';
import { type HostEnd, listenForWorker } from './worker-host.ts';

const run = promisify(execFile);
const [folder = '', zip] = process.argv.slice(2);
const settings = { AzureWebJobsStorage: 'UseDevelopmentStorage=true', VERIFY_GROUPS: '0 0 3 * * *' };
/** Milliseconds for all of it: it only bounds a hang. */
const patience = 120_000;

/** `name` and what starts it, of every function that the sources have. */
function wanted(): readonly string[] {
  const { queues, timers } = createApp(settings);
  return [
    ...routeNames.map((name) => {
      const { methods, path, level } = routes[name];
      return `${name}: ${methods.join(',')} ${path} ${level}`;
    }),
    ...queues.map(({ name, queue }) => `${name}: ${queue}`),
    ...timers.map(({ name, schedule }) => `${name}: ${schedule}`),
  ].sort();
}

interface Metadata {
  readonly name: string;
  readonly functionId: string;
  readonly rawBindings: readonly string[];
}

interface Trigger {
  readonly name: string;
  readonly methods?: readonly string[];
  readonly route?: string;
  readonly authLevel?: string;
  readonly queueName?: string;
  readonly schedule?: string;
}

function triggerOf({ rawBindings }: Metadata): Trigger {
  const bindings = rawBindings.map((text) => JSON.parse(text) as Trigger & { readonly type: string });
  const trigger = bindings.find(({ type }) => /trigger$/i.test(type));
  if (trigger === undefined) throw new Error(`no trigger among ${rawBindings.join(' ')}`);
  return trigger;
}

function described(metadata: Metadata): string {
  const { methods, route, authLevel, queueName, schedule } = triggerOf(metadata);
  return `${metadata.name}: ${queueName ?? schedule ?? `${methods?.join(',')} ${route} ${authLevel}`}`;
}

async function check({ ask, close }: HostEnd, app: string): Promise<string> {
  // As in Azure, where a worker waits without an app, and is then given one with its settings.
  const started = await ask('workerInitRequest', { hostVersion: '4.1037.0' });
  const environmentVariables = { FUNCTIONS_WORKER_RUNTIME: 'node', ...settings };
  await ask('functionEnvironmentReloadRequest', { environmentVariables, functionAppDirectory: app });
  const { functionMetadataResults } = await ask('functionsMetadataRequest', { functionAppDirectory: app });
  const found = functionMetadataResults as readonly Metadata[];
  const [registered, expected] = [found.map(described).sort(), wanted()];
  if (registered.join('\n') !== expected.join('\n'))
    throw new Error(`registered:\n${registered.join('\n')}\n\nexpected:\n${expected.join('\n')}`);

  const health = found.find(({ name }) => name === 'get-health');
  if (health === undefined) throw new Error('there is no get-health');
  const { functionId } = health;
  await ask('functionLoadRequest', { functionId, metadata: health });
  const http = { method: 'GET', url: 'http://localhost/api/health' };
  const { returnValue } = await ask('invocationRequest', {
    invocationId: '00000000-0000-4000-8000-000000000001',
    functionId,
    inputData: [{ name: triggerOf(health).name, data: { http } }],
    traceContext: { traceParent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`, traceState: '' },
  });
  const { http: answer } = returnValue as { http: { statusCode: string; body: { bytes: Buffer } } };
  const text = Buffer.from(answer.body.bytes).toString('utf8');
  if (answer.statusCode !== '200' || text !== '{"status":"ok"}')
    throw new Error(`get-health answered ${answer.statusCode} ${text}`);
  close();
  const { workerVersion } = started.workerMetadata as { workerVersion: string };
  return `worker ${workerVersion}, Node ${process.version}: ${found.length} functions registered, get-health answers`;
}

async function main(): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'external-groups-worker-'));
  const app = join(home, 'app');
  const events = new EventEmitter();
  const host = await listenForWorker(resolve(folder), events, AbortSignal.timeout(patience));
  try {
    if (zip === undefined) await packageApp(app);
    else await run('unzip', ['-q', zip, '-d', app]);
    const entry = join(resolve(folder), 'dist/src/nodejsWorker.js');
    const child = spawn(process.execPath, [entry, ...host.workerArguments], {
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the worker ended with ${code}`);
    });
    ended.catch(() => {});
    try {
      console.log(await Promise.race([check(host, app), ended]));
    } finally {
      child.kill();
    }
  } finally {
    host.close();
    await rm(home, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  if (folder === '') throw new Error((await readFile(import.meta.filename, 'utf8')).split('\n')[1]);
  await main();
}
