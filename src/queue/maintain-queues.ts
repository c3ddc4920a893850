import { describeError } from '../problems/adapter-error.ts';
import type { Clock } from '../shared/clock.ts';
import { storageWithin } from '../storage/bounds.ts';
import type { ReadDepths } from '../storage/queue-depth.ts';
import type { QueueReader } from '../storage/queues.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { HandlePoisonMessage } from './poison-messages.ts';
import type { TriggerMetadata } from './work-item.ts';

interface PoisonQueue {
  readonly queue: string;
  readonly handle: HandlePoisonMessage;
}

interface MaintainQueuesDependencies {
  readonly reader: QueueReader;
  readonly poisonQueues: readonly PoisonQueue[];
  readonly readDepths: ReadDepths;
  readonly telemetry: Telemetry;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Empties the poison queues and measures the depth of all queues; never rejects. */
export type MaintainQueues = (invocation: Pick<TriggerMetadata, 'traceContext' | 'log'>) => Promise<void>;

/** Seconds that a message is hidden from others: three uses of storage. */
const lease = 40;
/** Milliseconds after which a run starts on no further message; the rest is left to the next run. */
const runFor = 25_000;
/** A run ends after this many messages of a queue could not be handled: they become visible again when their lease ends. */
const maxFailures = 20;

/**
 * The app empties its poison queues itself, through the SDK. A trigger on a poison queue would fail like the first one:
 * what it cannot parse would stay, without a poison queue of its own, until it expires. A message is deleted after it
 * has been dead-lettered or queued again: a crash in between repeats that, and loses nothing.
 */
export function createMaintainQueues(dependencies: MaintainQueuesDependencies): MaintainQueues {
  const { reader, poisonQueues, readDepths, telemetry, clock } = dependencies;

  async function empty(
    { queue, handle }: PoisonQueue,
    invocation: Parameters<MaintainQueues>[0],
    isOver: () => boolean,
  ) {
    let failures = 0;
    while (!isOver() && failures < maxFailures) {
      const messages = await reader.receive(queue, lease, storageWithin.queue);
      if (messages.length === 0) return;
      for (const message of messages) {
        const { messageId, insertedOn, text } = message;
        try {
          await handle(Buffer.from(text, 'utf8'), { messageId, insertedOn, ...invocation });
          await reader.remove(queue, message, storageWithin.queue);
        } catch (thrown) {
          failures += 1;
          invocation.log('error', `${queue} message ${messageId}: not handled: ${describeError(thrown)}`);
        }
        if (isOver()) return;
      }
    }
  }

  return async function maintainQueues(invocation) {
    for (const poisonQueue of poisonQueues) {
      // Each queue has its share of the run, even if another one is full.
      const over = clock.monotonic() + runFor / poisonQueues.length;
      const isOver = () => clock.monotonic() >= over;
      try {
        await empty(poisonQueue, invocation, isOver);
      } catch (thrown) {
        invocation.log('error', `${poisonQueue.queue}: cannot be read: ${describeError(thrown)}`);
      }
    }
    try {
      for (const { queue, depth } of await readDepths())
        telemetry.metric('externalGroups.queue.depth', depth, { queue });
    } catch (thrown) {
      invocation.log('warn', `the depth of the queues cannot be read: ${describeError(thrown)}`);
    }
  };
}
