import { maxDelay } from '../queue/policy.ts';
import { type QueueSender, queueNames } from '../storage/queues.ts';
import type { LookQueue } from './ports.ts';

/** Looks are on the queue of changes, together with the producers' messages. */
export function createLookQueue({ send, revoke }: QueueSender): LookQueue {
  return {
    send: (message, delay, within) =>
      send(queueNames.changes, message, { delay: Math.min(maxDelay, delay / 1000), within }),
    remove: (receipt, within) => revoke(queueNames.changes, receipt, within),
  };
}
