import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createCaller, makeMembers } from './caller.ts';

export interface LargeChangesOptions {
  readonly url: string;
  readonly key: string;
  /** Members of each list. */
  readonly size: number;
  /** Prefix of every group's id: letters and digits. */
  readonly prefix: string;
}

/**
 * Declares the members of one group after another, until told to stop, in a thread of its own: a list of 50,000 takes its
 * sender long to write, and the stand-ins of this process must not wait for that. Resolves with the milliseconds of each.
 */
export function startLargeChanges(options: LargeChangesOptions): { readonly stop: () => Promise<number[]> } {
  const worker = new Worker(new URL(import.meta.url), { workerData: options });
  const failed = once(worker, 'error').then(([error]) => Promise.reject(error));
  failed.catch(() => undefined);
  return {
    stop: async () => {
      worker.postMessage('stop');
      const [took] = (await Promise.race([once(worker, 'message'), failed])) as [number[]];
      await worker.terminate();
      return took;
    },
  };
}

if (!isMainThread && parentPort !== null) await change(workerData as LargeChangesOptions, parentPort);

async function change(options: LargeChangesOptions, port: NonNullable<typeof parentPort>): Promise<void> {
  const { url, key, size, prefix } = options;
  const { put, remove } = createCaller(url, key);
  const took: number[] = [];
  let isOver = false;
  port.on('message', () => {
    isOver = true;
  });
  for (let next = 0; next === 0 || !isOver; next += 1) {
    took.push((await put(`${prefix}${next}/members`, { members: makeMembers(size) })).took);
    await remove(`${prefix}${next}`);
  }
  port.postMessage(took);
}
