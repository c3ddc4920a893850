import Module from 'node:module';
import type {
  FunctionCallback,
  FunctionMetadata,
  HookCallback,
  HookName,
  LogCategory,
  LogLevel,
  ProgrammingModel,
} from './core-types.ts';
import type { Log } from './logger.ts';

export interface RegisteredFunction {
  metadata: FunctionMetadata;
  callback: FunctionCallback;
}

export interface CoreApi {
  functions(): RegisteredFunction[];
  model(): ProgrammingModel | undefined;
  hooks(name: HookName): readonly HookCallback[];
  /** Registrations after this throw, as in the worker. */
  finishStartup(): void;
}

const NAME = /^[a-z][a-z0-9_-]{0,127}$/i;

class Disposable {
  readonly #dispose: () => unknown;
  constructor(dispose: () => unknown) {
    this.#dispose = dispose;
  }
  static from(...items: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const item of items) item.dispose();
    });
  }
  dispose(): unknown {
    return this.#dispose();
  }
}

/**
 * Serves `require('@azure/functions-core')` to the app in this process, with the same patch of
 * `Module.prototype.require` that the worker uses (setupCoreModule.ts of
 * https://github.com/Azure/azure-functions-nodejs-worker). The library's registrations are global to the process, so one
 * process can host one app. `Disposable` is a class because the module exports it as one.
 */
export function installCoreApi(log: Log): CoreApi {
  const functions = new Map<string, RegisteredFunction>();
  const hooks = new Map<string, HookCallback[]>();
  let model: ProgrammingModel | undefined;
  let started = false;

  const core = {
    version: '3.99.0-local',
    hostVersion: '4.99.0-local',
    Disposable,
    setProgrammingModel(value: ProgrammingModel): void {
      model = value;
    },
    getProgrammingModel: () => model,
    registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
      const { name } = metadata;
      const key = (metadata.functionId ?? name).toLowerCase();
      if (started) throw new Error('A function can only be registered during app startup.');
      if (!NAME.test(name) || key === 'host') throw new Error(`"${name}" is not a valid function name.`);
      if (functions.has(key)) throw new Error(`A function with the name "${name}" is already registered.`);
      functions.set(key, { metadata, callback });
      return new Disposable(() => functions.delete(key));
    },
    registerHook(name: string, callback: HookCallback): Disposable {
      const list = hooks.get(name) ?? [];
      hooks.set(name, list);
      list.push(callback);
      return new Disposable(() => {
        const index = list.indexOf(callback);
        if (index >= 0) list.splice(index, 1);
      });
    },
    log(level: LogLevel, category: LogCategory, message: string): void {
      log({ level, category: category === 'user' ? 'Function' : 'Host.Worker', message });
    },
  };

  const prototype: { require(id: string): unknown } = Module.prototype;
  const original = prototype.require;
  prototype.require = function require(this: unknown, id: string): unknown {
    return id === '@azure/functions-core' ? core : original.call(this, id);
  };

  return {
    functions: () => [...functions.values()],
    model: () => model,
    hooks: (name) => hooks.get(name) ?? [],
    finishStartup() {
      started = true;
    },
  };
}
