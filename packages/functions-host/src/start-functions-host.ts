import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { installCoreApi } from './core-api.ts';
import { errorText } from './error-text.ts';
import type { FunctionSummary } from './function-summary.ts';
import { type HostSettings, readHostSettings } from './host-json.ts';
import type { AccessKeys } from './http/access-keys.ts';
import { startHttp } from './http/start-http.ts';
import { createInvoker } from './invoke.ts';
import { readJsonFile } from './json-file.ts';
import { loadApp } from './load-app.ts';
import { fillFromLocalSettings } from './local-settings.ts';
import { createLogFilter } from './log-filter.ts';
import { createLogger, type Log } from './logger.ts';
import { prepareQueues } from './queue/prepare-queues.ts';
import { prepareTimers } from './timer/prepare-timers.ts';

export interface FunctionsHostOptions {
  /** Folder of package.json and host.json. */
  root: string;
  /** Filled from local.settings.json if that exists; the app itself reads `process.env`. */
  env: Record<string, string | undefined>;
  /** 0 picks a free port. */
  port: number;
  /** The host key, which grants every function of level `function`; generated if absent. */
  key?: string | undefined;
  /** The master key, which grants everything; generated if absent. */
  masterKey?: string | undefined;
  /** Keys by function name: each grants that function only. */
  functionKeys?: AccessKeys['functions'];
  /** Folder that keeps the status of timers between runs; absent: it is not kept. */
  dataFolder?: string | undefined;
  /** How long a queue message stays invisible; the host renews it at half. Azure: 600 s. */
  queueLeaseMs?: number;
  /** How long an HTTP function may take to respond. Azure: 230 s. */
  answerTimeoutMs?: number;
  /** How long running invocations may take to finish when the host stops. */
  stopGraceMs?: number;
  colours?: boolean;
  out?: (line: string) => void;
  err?: (line: string) => void;
  /** Called when the real host would restart the worker: a function exceeded `functionTimeout`. */
  onFatal(message: string): void;
}

export interface FunctionsHost {
  url: string;
  key: string;
  masterKey: string;
  functions: FunctionSummary[];
  log: Log;
  /** Takes no new work, lets running invocations finish, runs the app's appTerminate hooks. */
  stop(): Promise<void>;
}

/**
 * Hosts the built functions app of a folder in this process, for machines without Core Tools. A process can host one
 * app: the registrations of `@azure/functions` are global.
 */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const { root, env, port, stopGraceMs = 10_000 } = options;
  await fillFromLocalSettings(root, env);
  const settings = readHostSettings(
    (await readJsonFile(join(root, 'host.json'))) ?? {},
    env,
    availableParallelism(),
  );
  const log = createHostLogger(options, settings);
  const core = installCoreApi(log);
  await loadApp(root);
  core.finishStartup();
  const model = core.model();
  if (model === undefined || core.functions().length === 0) throw new Error('The app registers no function.');

  const appHookData = {};
  const appContext = { hookData: {}, appHookData };
  for (const hook of core.hooks('appStart')) await hook({ ...appContext, functionAppDirectory: root });
  const capabilities = (await model.getCapabilities?.({})) ?? {};

  const invoker = createInvoker({
    core,
    log,
    functionTimeout: settings.functionTimeout,
    appHookData,
    onFunctionTimeout(name, id) {
      options.onFatal(`Function ${name} (${id}) ran past functionTimeout: the worker process ends.`);
    },
  });
  const newKey = (): string => randomBytes(24).toString('base64url');
  const keys: AccessKeys = {
    host: options.key || newKey(),
    master: options.masterKey || newKey(),
    functions: options.functionKeys ?? {},
  };
  const functions = core.functions();
  const shared = { functions, settings, invoker, log };
  const folder = options.dataFolder === undefined ? undefined : join(options.dataFolder, 'timers');
  const timers = prepareTimers({ functions, settings: env, invoker, log, folder });
  const queues = await prepareQueues({ ...shared, env, leaseMs: options.queueLeaseMs ?? 600_000 });
  const triggers = [queues, timers];
  const http = await startHttp({
    ...shared,
    port,
    keys,
    appSettings: env,
    manualRuns: new Map(triggers.flatMap(({ manualRuns }) => [...manualRuns])),
    httpUri: capabilities.HttpUri,
    answerTimeoutMs: options.answerTimeoutMs ?? 230_000,
    maxBodyBytes: Number(env.FUNCTIONS_REQUEST_BODY_SIZE_LIMIT ?? 104_857_600),
  });
  for (const trigger of triggers) trigger.begin();
  const served = [http, ...triggers].flatMap((host) => host.functions);
  warnOfOtherTriggers(functions.length, served.length, log);

  return {
    url: http.url,
    key: keys.host,
    masterKey: keys.master,
    functions: served,
    log,
    async stop() {
      http.refuse();
      for (const trigger of triggers) trigger.stop();
      const deadline = Date.now() + stopGraceMs;
      const busy = (): number =>
        Math.max(invoker.running(), http.active() + queues.active() + timers.active());
      while (busy() > 0 && Date.now() < deadline) await delay(20);
      if (busy() > 0) {
        const message = `${busy()} invocations still run after ${stopGraceMs / 1000} s: abandoning them`;
        log({ level: 'warning', category: 'Host.Startup', message });
      }
      for (const hook of core.hooks('appTerminate')) {
        try {
          await hook(appContext);
        } catch (error) {
          log({
            level: 'error',
            category: 'Host.Startup',
            message: `An appTerminate hook: ${errorText(error)}`,
          });
        }
      }
      http.close();
    },
  };
}

function createHostLogger(options: FunctionsHostOptions, settings: HostSettings): Log {
  const { colours = false } = options;
  const out = options.out ?? ((line) => void process.stdout.write(line));
  const err = options.err ?? ((line) => void process.stderr.write(line));
  return createLogger({ allows: createLogFilter(settings.logLevels), out, err, colours });
}

function warnOfOtherTriggers(all: number, served: number, log: Log): void {
  if (all === served) return;
  const message = `${all - served} functions have triggers that this host does not serve (HTTP, queue and timer only)`;
  log({ level: 'warning', category: 'Host.Startup', message });
}
