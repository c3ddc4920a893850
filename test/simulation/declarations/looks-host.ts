import type { LookMessage } from '../../../src/declarations/look-message.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { hostSettings } from '../creations/functions-host.ts';
import type { Instance } from '../world/instance.ts';
import type { QueueMessage } from '../world/queue-service.ts';
import type { World } from '../world/world.ts';
import type { SimulatedDeclarations } from './start-declarations.ts';

const week = 7 * 86_400_000;
const traceContext = { traceParent: `00-${'0'.repeat(31)}2-${'0'.repeat(15)}2-01` };

/** What the host, and the timer that empties the poison queue, do with the queue of changes for one instance. */
export interface LooksHost {
  readonly fetch: () => void;
  readonly waiting: () => number;
  readonly emptyPoisonQueue: () => void;
}

export function createLooksHost(
  instance: Instance,
  { changeDeclaredGroup, handlePoisonMessage }: SimulatedDeclarations,
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
    world.timeline.note(() => `${instance.name}  works on ${messageId}, time ${dequeueCount}`);
    if (dequeueCount > maxDequeueCount) return moveToPoison(message);
    try {
      await changeDeclaredGroup(Buffer.from(text, 'utf8'), metadataOf(message));
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

  async function emptyPoison(): Promise<void> {
    for (const message of await queue.receive(changesPoison, { most: 32, lease: 300_000, isNeverSilent })) {
      await handlePoisonMessage(Buffer.from(message.text, 'utf8'), metadataOf(message));
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
      emptyPoison().catch(() => undefined);
    },
  };
}

function metadataOf({ messageId, insertedAt, dequeueCount }: QueueMessage) {
  const insertedOn = new Date(insertedAt).toISOString();
  return { messageId, insertedOn, dequeueCount, traceContext, log: () => undefined };
}

/** What lies on the queue of changes: without a `look` where a producer has sent it. */
export function readLook(text: string): Partial<LookMessage> {
  return JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
}
