import { maxDelay } from '../queue/policy.ts';
import { type QueueSender, queueNames } from '../storage/queues.ts';

/** A wake-up: it says which group, never what to do. Only the one with the ledger's current number counts. */
export interface LookMessage {
  readonly connectionId: string;
  readonly groupId: string;
  readonly look: number;
  /** How often it was postponed because the ledger did not know this number yet. */
  readonly putOff?: number;
}

/** Allows deleting the message before anybody receives it. */
export interface LookReceipt {
  readonly messageId: string;
  readonly popReceipt: string;
  /** When it was sent, by the clock of the queue: milliseconds. */
  readonly insertedOn: number;
}

export interface LookQueue {
  /** `delay`: milliseconds until it becomes visible; `within`: milliseconds that sending may take. */
  readonly send: (message: LookMessage, delay: number, within: number) => Promise<LookReceipt>;
  readonly remove: (receipt: LookReceipt, within: number) => Promise<void>;
}

/** Looks are on the queue of changes, together with the producers' messages. */
export function createLookQueue({ send, revoke }: QueueSender): LookQueue {
  return {
    send: (message, delay, within) =>
      send(queueNames.changes, message, { delay: Math.min(maxDelay, delay / 1000), within }),
    remove: (receipt, within) => revoke(queueNames.changes, receipt, within),
  };
}
