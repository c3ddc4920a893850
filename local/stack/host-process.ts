import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FunctionSummary } from '../../packages/functions-host/src/function-summary.ts';
import type { HostMessage } from '../../packages/functions-host/src/main.ts';
import { workerArguments } from '../../packages/functions-host/src/worker-arguments.ts';
import { exitOf, type ProcessExit, stopProcess } from './stop-process.ts';

/** The functions host, running as a process of its own. */
export interface HostProcess {
  /** Without a trailing slash, such as `http://127.0.0.1:7071`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly functions: readonly FunctionSummary[];
  /** Settles when the process has ended, for any reason. */
  readonly exited: Promise<ProcessExit>;
  kill(signal: NodeJS.Signals): void;
  /** Lets running work finish, as a platform does before it recycles an instance; kills it after `graceMs` (15 s). */
  stop(graceMs?: number): Promise<ProcessExit>;
}

export interface HostProcessOptions {
  /** The folder of package.json and host.json. */
  readonly projectRoot: string;
  readonly env: Readonly<Record<string, string>>;
  /** Called with every line of its output. */
  readonly onLine: (line: string) => void;
}

/** Starts the local functions host and resolves when it serves; rejects with its reason if it cannot. */
export async function startHostProcess(options: HostProcessOptions): Promise<HostProcess> {
  const main = fileURLToPath(new URL('../../packages/functions-host/src/main.ts', import.meta.url));
  const flags = ['--disable-warning=ExperimentalWarning', ...workerArguments(options.env)];
  const child = spawn(process.execPath, [...flags, main], {
    cwd: options.projectRoot,
    env: { ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Its own process group: a Ctrl-C in the terminal reaches only the parent, which then stops it properly.
    detached: true,
  });
  const exited = exitOf(child);
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', options.onLine);
  }
  try {
    const { url, functions } = await untilReady(child, exited);
    return {
      url,
      port: Number(new URL(url).port),
      pid: child.pid ?? 0,
      functions,
      exited,
      kill: (signal) => void child.kill(signal),
      stop: (graceMs = 15_000) => stopProcess(child, graceMs),
    };
  } catch (error) {
    await stopProcess(child, 0);
    throw error;
  }
}

type Ready = HostMessage & { readonly type: 'ready' };

function untilReady(child: ChildProcess, exited: Promise<ProcessExit>): Promise<Ready> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    setTimeout(() => reject(new Error('The functions host was not ready within a minute.')), 60_000).unref();
    child.once('message', (message: HostMessage) => {
      if (message.type === 'ready') resolve(message);
      else reject(new Error(message.message));
    });
    exited.then(
      ({ code, signal }) => reject(new Error(`The functions host ended at start (${signal ?? code}).`)),
      reject,
    );
  });
}
