import { maxDelay } from '../queue/policy.ts';
import type { QueueSender, SentMessage } from '../storage/queues.ts';

/** A queue of the adapter's own messages, which can be deleted until a worker receives them. */
export interface DelayedQueue<Message> {
  /** `delay`: milliseconds until it becomes visible; `within`: milliseconds that sending may take. */
  readonly send: (message: Message, delay: number, within: number) => Promise<SentMessage>;
  /** Deletes a message that no worker has received. */
  readonly remove: (sent: SentMessage, within: number) => Promise<void>;
}

export function createDelayedQueue<Message extends object>(
  { send, revoke }: QueueSender,
  queue: string,
): DelayedQueue<Message> {
  return {
    send: (message, delay, within) =>
      send(queue, message, { delay: Math.min(maxDelay, delay / 1000), within }),
    remove: (sent, within) => revoke(queue, sent, within),
  };
}
