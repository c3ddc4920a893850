/**
 * Loads an app, serves it over HTTP with the minimum of the local functions host (no queues, no log) and reports when its
 * first response has arrived. Bundled by `peers.ts`, so that loading the host itself hardly counts.
 *
 *     node first-answer.js <entry> <root> <method> <path> [<body>]
 */
import { request } from 'node:http';
import { pathToFileURL } from 'node:url';
import { installCoreApi } from '../../packages/functions-host/src/core-api.ts';
import { readHostSettings } from '../../packages/functions-host/src/host-json.ts';
import { startHttp } from '../../packages/functions-host/src/http/start-http.ts';
import { createInvoker } from '../../packages/functions-host/src/invoke.ts';

export interface FirstAnswer {
  /** Milliseconds from the start of the process until the response was complete. */
  readonly ms: number;
  readonly cpuMs: number;
  readonly status: number;
}

const [entry = '', root = '', method = 'GET', path = '/', body = ''] = process.argv.slice(2);
const log = () => undefined;
const core = installCoreApi(log);
await import(pathToFileURL(entry).href);
core.finishStartup();

const appHookData = {};
for (const hook of core.hooks('appStart'))
  await hook({ hookData: {}, appHookData, functionAppDirectory: root });
const capabilities = (await core.model()?.getCapabilities?.({})) ?? {};
const http = await startHttp({
  functions: core.functions(),
  settings: readHostSettings({}, process.env, 2),
  invoker: createInvoker({ core, log, functionTimeout: undefined, appHookData, onFunctionTimeout: log }),
  log,
  port: 0,
  keys: { host: 'bench', master: 'bench-master', functions: {} },
  appSettings: process.env,
  manualRuns: new Map(),
  httpUri: capabilities.HttpUri,
  answerTimeoutMs: 60_000,
  maxBodyBytes: 1_000_000,
});

const headers = {
  'x-functions-key': 'bench',
  'content-type': 'application/json',
  'content-length': Buffer.byteLength(body),
};
const asked = request(`${http.url}${path}`, { method, headers }, (response) => {
  response.resume().once('end', () => {
    const { user, system } = process.cpuUsage();
    const answer: FirstAnswer = {
      ms: performance.now(),
      cpuMs: (user + system) / 1000,
      status: response.statusCode ?? 0,
    };
    process.send?.(answer, () => process.exit(0));
  });
});
asked.end(body);
