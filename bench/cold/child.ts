/**
 * Loads an app as the worker does and tells its parent when every function is registered. It serves only the part of
 * `@azure/functions-core` needed for registration, so that the time is the app's and Node's own, not a host's.
 *
 *     node child.js <entry>
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The result of one start. */
export interface ColdLoad {
  /** Milliseconds from the start of the process to the last registration. */
  readonly ms: number;
  /** Milliseconds of processor time until then: on a busy machine the steadier figure. */
  readonly cpuMs: number;
  readonly functions: number;
  /** Bytes of resident memory. */
  readonly rss: number;
  /** CommonJS modules loaded by then; ES modules are counted by the budget, which reads the build's own graph. */
  readonly modules: number;
}

let functions = 0;
const disposable = { dispose: () => undefined };
const core = {
  version: '3.99.0-bench',
  hostVersion: '4.99.0-bench',
  Disposable: class {},
  setProgrammingModel: () => undefined,
  getProgrammingModel: () => undefined,
  registerFunction: () => {
    functions += 1;
    return disposable;
  },
  registerHook: () => disposable,
  log: () => undefined,
};

const require = createRequire(import.meta.url);
const Module = require('node:module');
const original = Module.prototype.require;
Module.prototype.require = function (this: unknown, id: string) {
  return id === '@azure/functions-core' ? core : original.call(this, id);
};

await import(pathToFileURL(process.argv[2] ?? '').href);
const ms = performance.now();
const { user, system } = process.cpuUsage();
const load: ColdLoad = {
  ms,
  cpuMs: (user + system) / 1000,
  functions,
  rss: process.memoryUsage.rss(),
  modules: Object.keys(require.cache).length,
};
// The app may keep the process open; nothing in it is worth waiting for.
process.send?.(load, () => process.exit(0));
