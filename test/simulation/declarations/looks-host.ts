import type { Declarations } from '../../../src/declarations/declarations.ts';
import type { LookMessage } from '../../../src/declarations/look-message.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { hostSettings } from '../creations/functions-host.ts';
import type { Instance } from '../world/instance.ts';
import type { QueueMessage } from '../world/queue-service.ts';
import type { World } from '../world/world.ts';

const week = 7 * 86_400_000;
/** A look that was poisoned is sent again after this; milliseconds. */
const again = 900_000;

/** What the host, and the timer that empties the poison queue, do with looks for one instance. */
export interface LooksHost {
  readonly fetch: () => void;
  readonly waiting: () => number;
  readonly emptyPoisonQueue: () => void;
}

export function createLooksHost(
  instance: Instance,
  { look }: Pick<Declarations, 'look'>,
  world: World,
): LooksHost {
  let isFetching = false;
  const { queue } = instance;
  const { changes, changesPoison } = queueNames;
  const { maxDequeueCount, visibilityTimeout, lease, batch } = hostSettings;
  const isNeverSilent = true;

  async function moveToPoison(message: QueueMessage): Promise<void> {
    await queue.send(changesPoison, message.text, { delay: 0, ttl: week, isNeverSilent });
    await queue.remove(changes, message, { isNeverSilent });
  }

  async function work(message: QueueMessage): Promise<void> {
    const { messageId, dequeueCount, text } = message;
    world.timeline.note(() => `${instance.name}  looks: ${messageId}, time ${dequeueCount}`);
    if (dequeueCount > maxDequeueCount) return moveToPoison(message);
    try {
      await look(readLook(text), { log: () => undefined });
    } catch (thrown) {
      world.timeline.note(() => `${instance.name}  fails on ${messageId}: ${String(thrown)}`);
      if (dequeueCount >= maxDequeueCount) return moveToPoison(message);
      await queue.update(changes, message, { delay: visibilityTimeout, isNeverSilent });
      return;
    }
    await queue.remove(changes, message, { isNeverSilent });
  }

  async function fetch(): Promise<void> {
    try {
      const most = 1 + world.prng.int(batch);
      for (const message of await queue.receive(changes, { most, lease, isNeverSilent }))
        work(message).catch(() => undefined);
    } finally {
      isFetching = false;
    }
  }

  async function sendAgain(): Promise<void> {
    for (const message of await queue.receive(changesPoison, { most: 32, lease: 300_000, isNeverSilent })) {
      await queue.send(changes, message.text, { delay: again, isNeverSilent });
      await queue.remove(changesPoison, message, { isNeverSilent });
    }
  }

  return {
    waiting: () => (isFetching ? 0 : world.queues.countVisible(changes)),
    fetch: () => {
      isFetching = true;
      fetch().catch(() => undefined);
    },
    emptyPoisonQueue: () => {
      sendAgain().catch(() => undefined);
    },
  };
}

export function readLook(text: string): LookMessage {
  return JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
}
