import { mkdir } from 'node:fs/promises';
import { QueueServiceClient } from '@azure/storage-queue';
import { settingCatalogue } from '../src/settings/catalogue.ts';
import { clouds } from '../src/settings/clouds.ts';
import { queues } from '../src/storage/stores.ts';
import { freePort } from './stack/free-port.ts';
import { findFunc, startFuncProcess } from './stack/func-process.ts';
import { type HostProcessOptions, startHostProcess } from './stack/host-process.ts';
import { localMemberNames, localRoles, servedSources, sourceSettings } from './stack/local-sources.ts';
import { sourceLines } from './stack/source-lines.ts';
import { type Stack, type StackOptions, startStack } from './stack/stack.ts';
import { describeStack, writeStackFile } from './stack/stack-file.ts';
import { startTlsFront } from './stack/tls-front.ts';
import { type Emphasis, welcome } from './stack/welcome.ts';
import { createFreshItems } from './watch/fresh-items.ts';
import { timeOfDay } from './watch/line.ts';
import { eventWatcher } from './watch/watch-events.ts';
import { groupWatchers } from './watch/watch-groups.ts';
import { telemetryWatcher } from './watch/watch-telemetry.ts';
import { type Watcher, watch, workWatchers } from './watch/watch-work.ts';

export interface RunOptions {
  readonly ports: NonNullable<StackOptions['ports']>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly options: { readonly data?: string; readonly build?: boolean; readonly root?: string };
  readonly print: (text: string) => void;
  readonly emphasis: Emphasis;
}

/** A run of the local stack. */
export interface Run {
  /** Why the functions host has ended; rejects if the stack cannot start. */
  readonly ended: Promise<string>;
  close(): Promise<void>;
}

/** Settings of the app that a developer may set for a local run; the others point to the stand-ins. */
const ownSettings = Object.keys(settingCatalogue).filter(
  (name) =>
    ![
      'GRAPH_BASE_URL',
      'GRAPH_CREDENTIAL',
      'AzureWebJobsStorage',
      'APPLICATIONINSIGHTS_CONNECTION_STRING',
    ].includes(name),
);

/** Starts the stack, shows the start screen and then the work as it happens. */
export function startRun(given: RunOptions): Run {
  const { options, env, print, emphasis } = given;
  const undo: (() => unknown)[] = [];
  let closing = false;
  const early: string[] = [];
  let onLine: RunOptions['print'] = (line) => void early.push(line);
  const func = findFunc();
  const starting = start();
  starting.catch(() => {});

  async function start(): Promise<Stack> {
    if (options.data !== undefined) await mkdir(options.data, { recursive: true });
    const built = options.build ? build() : Promise.resolve();
    // The stand-ins start meanwhile; a failure is reported where the host waits for the app.
    built.catch(() => {});
    return startStack({
      ports: env.HTTPS ? { ...given.ports, functions: 0 } : given.ports,
      env: settingsOf(env),
      graph: {
        connections: (env.EXTERNAL_CONNECTIONS ?? '').split(',').map((id) => id.trim()),
        // Whatever GRAPH_CLOUD says, this stand-in plays that cloud.
        audiences: Object.values(clouds).map(({ root }) => root),
      },
      tokens: { roles: localRoles(env) },
      ...(env.FUNCTIONS_HOST_KEY ? { functionKey: env.FUNCTIONS_HOST_KEY } : {}),
      ...(options.data === undefined ? {} : { storageFolder: options.data }),
      ...(options.root === undefined ? {} : { projectRoot: options.root }),
      launchHost: async (host) => {
        await Promise.all([built, makeQueues(host.env.AzureWebJobsStorage ?? '')]);
        return launchHost(host);
      },
      onHostLine: (line) => onLine(line),
    });
  }

  async function launchHost(host: HostProcessOptions) {
    if (func === undefined) return startHostProcess(host);
    const { functions } = given.ports;
    return startFuncProcess(func, env.HTTPS || !functions ? await freePort() : functions, host);
  }

  async function ended(): Promise<string> {
    const stack = await starting;
    const { host } = stack;
    if (host === undefined || closing) return 'stopped';
    const front = env.HTTPS ? await startTlsFront(stack.certificate, host.port, given.ports.functions) : null;
    if (front !== null) undo.push(front.close);
    const hostName =
      func === undefined ? 'local host (func is not installed)' : `func start (${func}), requires no key`;
    const url = front?.url ?? host.url;
    print(welcome(stack, { url, name: hostName }, emphasis));
    for (const line of sourceLines(servedSources(env), { url, key: stack.functionKey, env }, emphasis))
      print(line);
    print('Ctrl-C stops everything. Times are UTC. Log:\n');
    onLine = print;
    undo.push(await writeStackFile(describeStack(stack, host.url)));
    for (const line of early) print(line);
    undo.push(watch(watchersOf(stack), print));
    const { code, signal } = await host.exited;
    return String(signal ?? code);
  }

  return {
    ended: ended(),
    close: async () => {
      closing = true;
      const stack = await starting.catch(() => undefined);
      for (const step of undo.splice(0).reverse()) await step();
      await stack?.close();
    },
  };
}

/** As the deployment does: a producer may send before the app has been started. */
async function makeQueues(connectionString: string): Promise<void> {
  const service = QueueServiceClient.fromConnectionString(connectionString);
  await Promise.all(queues.map(({ name }) => service.getQueueClient(name).createIfNotExists()));
}

async function build(): Promise<void> {
  const { buildCli, buildFunctionsApp } = await import('../scripts/build.ts');
  await Promise.all([buildFunctionsApp({ sourcemap: true }), buildCli()]);
  // Its process keeps 300 MB.
  await (await import('esbuild')).stop();
}

function settingsOf(env: RunOptions['env']): NonNullable<StackOptions['env']> {
  const inspect = env.INSPECT ? [`--inspect=127.0.0.1:${env.INSPECT}`] : [];
  return {
    ...Object.fromEntries(ownSettings.map((name) => [name, env[name] ?? ''])),
    ...sourceSettings(env),
    MEMBER_NAMES: localMemberNames(env),
    FUNCTIONS_HOST_FUNCTION_KEYS: env.FUNCTIONS_HOST_FUNCTION_KEYS,
    // As the stack sets it, and stack traces that name the sources.
    languageWorkers__node__arguments: [
      '--max-http-header-size=65536',
      '--enable-source-maps',
      ...inspect,
    ].join(' '),
  };
}

function watchersOf({ azurite, telemetry }: Stack): readonly Watcher[] {
  const timed = (watcher: Watcher): Watcher => {
    return async () => (await watcher()).map((line) => `${timeOfDay(new Date())} ${line}`);
  };
  return [
    eventWatcher(createFreshItems(telemetry)),
    ...[
      ...workWatchers(azurite.connectionString),
      ...groupWatchers(azurite.connectionString),
      telemetryWatcher(createFreshItems(telemetry)),
    ].map(timed),
  ];
}
