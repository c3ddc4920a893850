import type { StorageSetting } from '../settings/storage-setting.ts';
import { lazily } from '../shared/lazily.ts';
import { within } from '../shared/within.ts';
import { hasStatus, storageWithin } from './bounds.ts';
import type { CredentialFor } from './credential.ts';
import { connect, queueNames } from './queues.ts';

export type QueueKind = 'work' | 'poison' | 'dead-letters';

/** How many messages each queue holds, those that are delayed or being worked on included. */
export type ReadDepths = () => Promise<readonly { readonly queue: QueueKind; readonly depth: number }[]>;

export function createReadDepths(storage: StorageSetting, credentialFor: CredentialFor): ReadDepths {
  const queues = [
    ['work', queueNames.work],
    ['poison', queueNames.poison],
    ['dead-letters', queueNames.deadLetters],
  ] as const;
  const service = lazily(() => connect(storage, credentialFor));
  return async () => {
    const read = async ([queue, name]: (typeof queues)[number]) => {
      try {
        const { approximateMessagesCount } = await within(storageWithin.queue, async (abortSignal) =>
          (await service()).getQueueClient(name).getProperties({ abortSignal }),
        );
        return { queue, depth: approximateMessagesCount ?? 0 };
      } catch (thrown) {
        // A queue that nobody has needed yet holds nothing.
        if (hasStatus(thrown, 404)) return { queue, depth: 0 };
        throw thrown;
      }
    };
    return Promise.all(queues.map(read));
  };
}

export interface DepthWatchOptions {
  readonly readDepths: ReadDepths;
  readonly report: (queue: QueueKind, depth: number) => void;
  /** Milliseconds between two readings, and from the first sign of work to the first reading. */
  readonly every?: number;
  readonly first?: number;
}

/**
 * A gauge without a timer trigger: work that passes through says so, and so long as it does the queues are read every
 * half minute, the last time after the last piece of work. Off the path of the work: nothing waits for a reading.
 */
export function createDepthWatch({ readDepths, report, every = 30_000, first = 2_000 }: DepthWatchOptions) {
  let timer: NodeJS.Timeout | null = null;
  let readAt: number | null = null;

  async function read(): Promise<void> {
    try {
      for (const { queue, depth } of await readDepths()) report(queue, depth);
    } catch {
      // Storage that cannot be read shows in the work itself; a gauge has nothing to add.
    }
  }

  return (): void => {
    if (timer !== null) return;
    const wait = readAt === null ? first : Math.max(first, readAt + every - performance.now());
    timer = setTimeout(() => {
      readAt = performance.now();
      void read().finally(() => {
        timer = null;
      });
    }, wait).unref();
  };
}
