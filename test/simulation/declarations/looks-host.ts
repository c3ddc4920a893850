import type { LookMessage } from '../../../src/ledger/ports.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import type { Instance } from '../world/instance.ts';
import type { World } from '../world/world.ts';
import { createQueueTrigger, metadataOf, type QueueTrigger } from './queue-trigger.ts';
import type { SimulatedDeclarations } from './start-declarations.ts';

/** What the host, and the timer that empties the poison queue, do with the queues of declared groups for one instance. */
export interface LooksHost {
  readonly triggers: readonly QueueTrigger[];
  readonly emptyPoisonQueue: () => void;
}

export function createLooksHost(
  instance: Instance,
  { changeDeclaredGroup, handlePoisonMessage, verify }: SimulatedDeclarations,
  world: World,
): LooksHost {
  const { queue } = instance;
  const { changes, changesPoison, verificationsPoison } = queueNames;
  const isNeverSilent = true;

  async function emptyPoison(): Promise<void> {
    for (const [poison, handle] of [
      [changesPoison, handlePoisonMessage],
      [verificationsPoison, verify.resume],
    ] as const)
      for (const message of await queue.receive(poison, { most: 32, lease: 300_000, isNeverSilent })) {
        await handle(Buffer.from(message.text, 'utf8'), metadataOf(message));
        await queue.remove(poison, message, { isNeverSilent });
      }
  }

  return {
    triggers: [
      createQueueTrigger(changes, changeDeclaredGroup, instance, world),
      createQueueTrigger(queueNames.verifications, verify.step, instance, world),
    ],
    emptyPoisonQueue: () => {
      emptyPoison().catch(() => undefined);
    },
  };
}

/** What lies on the queue of changes: without a `look` where a producer has sent it. */
export function readLook(text: string): Partial<LookMessage> {
  return JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
}
