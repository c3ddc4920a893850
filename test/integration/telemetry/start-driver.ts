import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { cleanEnvironment } from '../../../local/stack/clean-environment.ts';
import type { Command } from './driver.ts';

export interface Driver {
  readonly tell: <T>(command: Command) => Promise<T>;
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

/** Starts the driver without this process's environment, except for paths. */
export function startDriver(env: Readonly<Record<string, string>>): Driver {
  const child = fork(resolve('test/integration/telemetry/driver.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning', '--expose-gc'],
    env: cleanEnvironment(process.env, env),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const ended = once(child, 'exit');
  const waiting = new Map<number, (result: unknown) => void>();
  child.on('message', (message) => {
    const { id, result } = message as { id: number; result: unknown };
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  let last = 0;
  return {
    output: () => output,
    tell: <T>(command: Command) => {
      last += 1;
      const id = last;
      const result = new Promise<T>((done, fail) => {
        waiting.set(id, (value) => done(value as T));
        void ended.then(() => fail(new Error(`the driver has ended: ${output}`)));
      });
      child.send({ id, command });
      return result;
    },
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
