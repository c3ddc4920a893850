import { hostSettings } from '../creations/functions-host.ts';
import type { Instance } from '../world/instance.ts';
import type { QueueMessage } from '../world/queue-service.ts';
import type { World } from '../world/world.ts';

const week = 7 * 86_400_000;
const traceContext = { traceParent: `00-${'0'.repeat(31)}2-${'0'.repeat(15)}2-01` };

/** What the host does with one queue for one instance. */
export interface QueueTrigger {
  readonly fetch: () => void;
  readonly waiting: () => number;
}

/** What the host says of a message. */
export type TriggerMetadata = ReturnType<typeof metadataOf>;

/** The host's rules: success deletes a message; a failure shows it again later, or moves it away after the fifth. */
export function createQueueTrigger(
  queue: string,
  invoke: (payload: Buffer, metadata: TriggerMetadata) => Promise<void>,
  instance: Instance,
  world: World,
): QueueTrigger {
  let isFetching = false;
  const { maxDequeueCount, visibilityTimeout, lease, batch } = hostSettings;
  const isNeverSilent = true;

  async function moveToPoison(message: QueueMessage): Promise<void> {
    await instance.queue.send(`${queue}-poison`, message.text, { delay: 0, ttl: week, isNeverSilent });
    await instance.queue.remove(queue, message, { isNeverSilent });
  }

  async function work(message: QueueMessage): Promise<void> {
    const { messageId, dequeueCount, text } = message;
    world.timeline.note(() => `${instance.name}  works on ${messageId}, time ${dequeueCount}`);
    if (dequeueCount > maxDequeueCount) return moveToPoison(message);
    try {
      await invoke(Buffer.from(text, 'utf8'), metadataOf(message));
    } catch (thrown) {
      world.timeline.note(() => `${instance.name}  fails on ${messageId}: ${String(thrown)}`);
      if (dequeueCount >= maxDequeueCount) return moveToPoison(message);
      await instance.queue.update(queue, message, { delay: visibilityTimeout, isNeverSilent });
      return;
    }
    await instance.queue.remove(queue, message, { isNeverSilent });
  }

  async function fetch(): Promise<void> {
    try {
      const most = 1 + world.prng.int(batch);
      // What the host cannot settle comes back when its lease ends.
      for (const message of await instance.queue.receive(queue, { most, lease, isNeverSilent }))
        work(message).catch(() => undefined);
    } finally {
      isFetching = false;
    }
  }

  return {
    waiting: () => (isFetching || instance.isStalled() ? 0 : world.queues.countVisible(queue)),
    fetch: () => {
      isFetching = true;
      fetch().catch(() => undefined);
    },
  };
}

export function metadataOf({ messageId, insertedAt, dequeueCount }: QueueMessage) {
  const insertedOn = new Date(insertedAt).toISOString();
  return { messageId, insertedOn, dequeueCount, traceContext, log: () => undefined };
}
