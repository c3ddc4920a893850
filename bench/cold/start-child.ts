import { spawn } from 'node:child_process';
import { cleanEnvironment, type Variables } from '../../local/stack/clean-environment.ts';

/** Runs a script in a separate process and resolves with the one message that it sends. */
export function startChild<T>(script: string, args: readonly string[], env: Variables): Promise<T> {
  const child = spawn(process.execPath, [script, ...args], {
    env: cleanEnvironment(process.env, env),
    // The Monitor SDK writes to stdout.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-1_000);
  });
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const patience = setTimeout(() => child.kill('SIGKILL'), 60_000);
  child.once('message', (message) => resolve(message as T));
  child.once('error', reject);
  child.once('exit', (code, signal) => {
    clearTimeout(patience);
    reject(new Error(`${script} ended (${signal ?? code}) before it reported: ${said}`));
  });
  // Only after it has ended: the next one must have the machine to itself.
  const ended = new Promise<void>((gone) => child.once('exit', () => gone()));
  return promise.then(async (message) => {
    await ended;
    return message;
  });
}
