import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { get } from 'node:http';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { HostProcess, HostProcessOptions } from './host-process.ts';
import { exitOf, type ProcessExit } from './stop-process.ts';

/** The path of Azure Functions Core Tools, if installed. */
export function findFunc(searchPath = process.env.PATH ?? ''): string | undefined {
  const names = process.platform === 'win32' ? ['func.exe', 'func.cmd'] : ['func'];
  return searchPath
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds. */
const patience = 120_000;

/**
 * Starts `func start` and resolves when the app answers. Core Tools report no readiness to a parent, so
 * `/api/health` is polled; the first start may download the extension bundle.
 */
export async function startFuncProcess(
  func: string,
  port: number,
  { projectRoot, env, onLine }: HostProcessOptions,
): Promise<HostProcess> {
  const child = spawn(func, ['start', '--port', String(port)], {
    cwd: projectRoot,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    shell: func.endsWith('.cmd'),
  });
  const exited = exitOf(child);
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  // func starts the worker as a child of its own; a signal to the process group reaches both.
  const kill = (signal: NodeJS.Signals) => {
    try {
      process.kill(-(child.pid ?? 0), signal);
    } catch {
      // The group is gone already.
    }
  };
  const stop = async (graceMs = 15_000): Promise<ProcessExit> => {
    kill('SIGINT');
    const insist = setTimeout(() => kill('SIGKILL'), graceMs);
    const exit = await exited;
    clearTimeout(insist);
    kill('SIGKILL');
    return exit;
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilHealthy(`${url}/api/health`, exited);
  } catch (error) {
    await stop(0);
    throw error;
  }
  return { url, port, pid: child.pid ?? 0, functions: [], exited, kill, stop };
}

/**
 * No request is cut off: while the host starts it keeps requests, and a caller who leaves then makes an invocation hang
 * where the app streams. So each waits for its response, and gives up with `func` alone.
 */
async function untilHealthy(url: string, exited: Promise<ProcessExit>): Promise<void> {
  const giveUp = new AbortController();
  const ended = exited.then(({ code, signal }) => {
    throw new Error(`func start ended (${signal ?? code}).`);
  });
  const late = delay(patience, undefined, { signal: giveUp.signal }).then(() => {
    throw new Error('func start did not serve /api/health within two minutes.');
  });
  late.catch(() => {});
  try {
    await Promise.race([ended, late, pollHealth(url, giveUp.signal)]);
  } finally {
    giveUp.abort();
  }
}

async function pollHealth(url: string, given: AbortSignal): Promise<void> {
  while (!given.aborted && !(await isHealthy(url))) await delay(250);
}

function isHealthy(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    // Nobody listens yet.
    request.on('error', () => resolve(false));
  });
}
