import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment, type Variables } from '../../local/stack/clean-environment.ts';
import { fourConnections } from '../load/load.ts';
import { type AppName, entryOf, rootOf } from '../peers.ts';
import type { FromWorker, ToWorker } from './messages.ts';

export interface Worker {
  /** Makes so many creates, so many at a time, and gives the processor time of each in milliseconds. */
  readonly create: (count: number, inFlight: number, prefix: string) => Promise<number>;
  /** The same one after another, and gives the bytes that each allocates; of a worker with {@link countingFlags}. */
  readonly allocate: (count: number, prefix: string) => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** A young generation so large that nothing is collected while one counts: what the heap grows by is what is allocated. */
export const countingFlags = ['--expose-gc', '--max-semi-space-size=512', '--min-semi-space-size=512'];

/** Starts an app in a functions worker of its own, without a host. */
export async function startWorker(
  app: AppName,
  env: Variables,
  flags: readonly string[] = [],
): Promise<Worker> {
  const script = fileURLToPath(new URL('worker-process.ts', import.meta.url));
  const child = fork(script, [entryOf(app), rootOf(app)], {
    env: cleanEnvironment(process.env, env),
    execArgv: ['--disable-warning=ExperimentalWarning', ...flags],
    // The Monitor SDK talks on stdout.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-1_000);
  });
  const ended = new Promise<never>((_, reject) =>
    child.once('exit', () => reject(new Error(`the worker of ${app} has ended: ${said}`))),
  );
  ended.catch(() => undefined);
  const answer = <K extends FromWorker['kind']>(kind: K) => {
    const { promise, resolve } = Promise.withResolvers<Extract<FromWorker, { kind: K }>>();
    const take = (message: FromWorker) => {
      if (message.kind !== kind) return;
      child.off('message', take);
      resolve(message as Extract<FromWorker, { kind: K }>);
    };
    child.on('message', take);
    return Promise.race([promise, ended]);
  };
  const send = (message: ToWorker) => void child.send(message);
  await answer('ready');
  const waiting = new Map<string, (status: string) => void>();
  child.on('message', (message: FromWorker) => {
    if (message.kind !== 'answered') return;
    waiting.get(message.id)?.(message.status);
    waiting.delete(message.id);
  });
  const usage = async () => {
    const asked = answer('usage');
    send({ kind: 'usage' });
    return (await asked).cpuMs;
  };

  function createOne(id: string, connectionId: string): Promise<void> {
    const body = JSON.stringify({
      id,
      displayName: `Group ${id}`,
      description:
        'A group made to measure with, of a length that is usual: the team of a plant’s late shift.',
    });
    const headers = {
      host: 'localhost',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    };
    const invocationId = randomUUID();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    waiting.set(invocationId, (status) => {
      if (status === '201') resolve();
      else reject(new Error(`${app} answered ${status} to a create`));
    });
    const url = `http://localhost/api/connections/${connectionId}/groups`;
    send({ kind: 'invoke', id: invocationId, connectionId, url, headers, body });
    return promise;
  }

  async function createAll(count: number, inFlight: number, prefix: string): Promise<void> {
    let next = 0;
    const caller = async () => {
      while (next < count) {
        next += 1;
        const connection = fourConnections[next % fourConnections.length] ?? '';
        await Promise.race([createOne(`${prefix}${next}`, connection), ended]);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, caller));
  }

  const heap = async (collect: boolean) => {
    const asked = answer('heap');
    send({ kind: 'heap', collect });
    return (await asked).bytes;
  };

  return {
    create: async (count, inFlight, prefix) => {
      const before = await usage();
      await createAll(count, inFlight, prefix);
      return ((await usage()) - before) / count;
    },
    allocate: async (count, prefix) => {
      const before = await heap(true);
      await createAll(count, 1, prefix);
      return ((await heap(false)) - before) / count;
    },
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await gone;
    },
  };
}
