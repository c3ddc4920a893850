import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { HostMessage } from '../../../packages/functions-host/src/main.ts';
import { workerArguments } from '../../../packages/functions-host/src/worker-arguments.ts';

export type Ready = Extract<HostMessage, { type: 'ready' }>;

export interface RunningHost extends Ready {
  child: ChildProcess;
  /** Everything written so far, to stdout and to stderr. */
  output(): string;
  errors(): string;
  /** Resolves once the output matches; rejects when the host ends first. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
  /** Runs a function by hand with the master key; rejects unless the host accepts it. */
  runFunction(name: string, input?: string): Promise<void>;
  /** Sends a signal and waits for the exit. */
  end(signal?: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Runs the local functions host as a child process, as the local stack does. */
export async function runHost(root: string, env: Record<string, string> = {}): Promise<RunningHost> {
  const { child, message, output, errors } = await fork_(root, env);
  if (message.type === 'failed') throw new Error(message.message);
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  return {
    ...message,
    child,
    output,
    errors,
    async seen(pattern) {
      for (;;) {
        const match = pattern.exec(output());
        if (match !== null) return match;
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`ended without ${pattern}: ${output()}`);
        await new Promise((done) => setTimeout(done, 10));
      }
    },
    async runFunction(name, input = '') {
      const response = await fetch(`${message.url}/admin/functions/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-functions-key': message.masterKey },
        body: JSON.stringify({ input }),
      });
      if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
    },
    end(signal = 'SIGTERM') {
      child.kill(signal);
      return exited;
    },
  };
}

/** The JSON that a host's functions have logged after a keyword. */
export function logged(host: RunningHost, word: string) {
  return [...host.output().matchAll(new RegExp(` ${word} (\\{.*\\})`, 'g'))].map((match) =>
    JSON.parse(match[1] ?? ''),
  );
}

/** Runs a host that is expected to fail; returns its message and exit code. */
export async function runFailingHost(
  root: string,
  env: Record<string, string> = {},
): Promise<{ message: string; code: number | null; errors: string }> {
  const { child, message, errors } = await fork_(root, env);
  if (message.type === 'ready') {
    child.kill('SIGKILL');
    throw new Error('The host started.');
  }
  const code = child.exitCode ?? (await once(child, 'exit'))[0];
  return { message: message.message, code, errors: errors() };
}

async function fork_(root: string, env: Record<string, string>) {
  const child = fork(resolve('packages/functions-host/src/main.ts'), ['--root', root], {
    env: {
      ...process.env,
      FUNCTIONS_HOST_PORT: '0',
      FUNCTIONS_HOST_KEY: 'test-key',
      FUNCTIONS_HOST_MASTER_KEY: 'test-master-key',
      ...env,
    },
    execArgv: workerArguments(env),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  let errors = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    errors += text;
  });
  const message = await new Promise<HostMessage>((done, fail) => {
    child.once('message', (received) => done(received as HostMessage));
    child.once('exit', (code) => fail(new Error(`The host ended with ${code}: ${output}`)));
  });
  return { child, message, output: () => output, errors: () => errors };
}
