import { maxDelay } from '../../queue/policy.ts';
import { type QueueSender, queueNames, type SentMessage } from '../../storage/queues.ts';
import type { SweepMessage } from './sweep-message.ts';

/** The queue on which a walk goes on. */
export interface StepQueue {
  /** `delay`: milliseconds until it becomes visible; `within`: milliseconds that sending may take. */
  readonly send: (message: SweepMessage, delay: number, within: number) => Promise<SentMessage>;
  /** Deletes a message that nobody has received. */
  readonly remove: (sent: SentMessage, within: number) => Promise<void>;
}

export function createStepQueue({ send, revoke }: QueueSender): StepQueue {
  const queue = queueNames.verifications;
  return {
    send: (message, delay, within) =>
      send(queue, message, { delay: Math.min(maxDelay, delay / 1000), within }),
    remove: (sent, within) => revoke(queue, sent, within),
  };
}
