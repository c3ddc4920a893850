import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** How a child process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Resolves when the process has ended, at once if it has ended already. */
export async function exitOf(child: ChildProcess): Promise<ProcessExit> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return { code: child.exitCode, signal: child.signalCode };
}

/** Asks a process to stop and kills it after `graceMs` milliseconds. Resolves when it has ended. */
export async function stopProcess(child: ChildProcess, graceMs: number): Promise<ProcessExit> {
  const ended = exitOf(child);
  // A stopped (SIGSTOP) process does not handle SIGTERM until it continues.
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), graceMs);
  const exit = await ended;
  clearTimeout(insist);
  return exit;
}
