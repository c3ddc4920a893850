import type { Instance } from '../world/instance.ts';
import type { QueueMessage } from '../world/queue-service.ts';
import { traceParentOf } from './deliveries.ts';
import type { RunState } from './run-state.ts';
import type { SimulatedApp } from './start-app.ts';

/** Of `host.json`; milliseconds. */
export const hostSettings = {
  maxDequeueCount: 5,
  visibilityTimeout: 30_000,
  lease: 600_000,
  batch: 4,
} as const;

const poisonTtl = 7 * 86_400_000;

/** How the Functions host handles one queue for one instance. */
export interface QueueTrigger {
  /** How many messages it could fetch now. */
  readonly waiting: () => number;
  readonly fetch: () => void;
}

/**
 * The host's rules (QueueListener.cs and QueueProcessor.cs of https://github.com/Azure/azure-sdk-for-net): success
 * deletes a message; a failure makes it visible again later, or moves it to the poison queue after the fifth; a message
 * already beyond that is moved without an invocation.
 */
export function createQueueTrigger(
  queue: string,
  poison: string,
  instance: Instance,
  app: SimulatedApp,
  { world, deliveries, journal, totals }: RunState,
): QueueTrigger {
  let isFetching = false;
  const { maxDequeueCount, visibilityTimeout, lease, batch } = hostSettings;
  const isNeverSilent = true;

  async function moveToPoison(message: QueueMessage): Promise<void> {
    totals.poisoned += 1;
    await instance.queue.send(poison, message.text, { delay: 0, ttl: poisonTtl, isNeverSilent });
    await instance.queue.remove(queue, message, { isNeverSilent });
  }

  async function invoke(message: QueueMessage): Promise<void> {
    const delivery = deliveries.of(message.text);
    const metadata = {
      ...metadataOf(message),
      traceContext: delivery === undefined ? undefined : { traceParent: traceParentOf(delivery) },
      log: () => undefined,
    };
    await app.createDeferred(Buffer.from(message.text, 'utf8'), metadata);
  }

  /** Until the message is settled: a crash in between makes it come again. */
  async function watched(message: QueueMessage): Promise<void> {
    const delivery = deliveries.of(message.text);
    const invocation = delivery && journal.begin(instance.name, delivery, message.messageId);
    try {
      await work(message);
    } finally {
      if (invocation !== undefined) journal.end(invocation);
    }
  }

  async function work(message: QueueMessage): Promise<void> {
    world.timeline.note(
      () => `${instance.name}  works on ${message.messageId}, time ${message.dequeueCount}`,
    );
    if (message.dequeueCount > maxDequeueCount) return moveToPoison(message);
    try {
      await invoke(message);
    } catch (thrown) {
      world.timeline.note(() => `${instance.name}  fails on ${message.messageId}: ${String(thrown)}`);
      if (message.dequeueCount >= maxDequeueCount) return moveToPoison(message);
      await instance.queue.update(queue, message, { delay: visibilityTimeout, isNeverSilent });
      return;
    }
    await instance.queue.remove(queue, message, { isNeverSilent });
  }

  async function fetch(): Promise<void> {
    try {
      const most = 1 + world.prng.int(batch);
      const received = await instance.queue.receive(queue, { most, lease, isNeverSilent });
      // A message that the host cannot settle comes back when its lease ends.
      for (const message of received) watched(message).catch(() => undefined);
    } finally {
      isFetching = false;
    }
  }

  return {
    waiting: () => (isFetching ? 0 : world.queues.countVisible(queue)),
    fetch: () => {
      isFetching = true;
      fetch().catch(() => undefined);
    },
  };
}

/** The host merges the properties of a JSON message into the metadata of its trigger (QueueTriggerBinding.cs). */
function metadataOf({ messageId, insertedAt, dequeueCount, text }: QueueMessage) {
  const insertionTime = new Date(insertedAt).toISOString();
  const metadata = { id: messageId, insertionTime, dequeueCount, ...parseObject(text) };
  return { messageId: metadata.id, insertedOn: metadata.insertionTime, dequeueCount: metadata.dequeueCount };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
