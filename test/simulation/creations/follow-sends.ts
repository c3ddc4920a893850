import { queueNames } from '../../../src/storage/queues.ts';
import type { Instance } from '../world/instance.ts';
import type { RunState } from './run-state.ts';
import type { OnSend } from './storage-ports.ts';

/** Counts what is put on the work queue, and records with each message whether its sender's write is uncertain. */
export function followSends({ name }: Instance, { deliveries, journal, totals }: RunState): OnSend {
  return (queue, text) => {
    const delivery = deliveries.of(text);
    if (queue === queueNames.deadLetters) {
      return () => {
        totals.letters += 1;
      };
    }
    if (delivery === undefined || queue !== queueNames.work) return () => undefined;
    const senders = journal.running(name, delivery);
    const isInDoubt = senders.length > 0 && senders.every((sender) => sender.isInDoubt);
    const isFirst = senders.length > 0 && senders.every((sender) => sender.messageId === null);
    return ({ messageId, insertedAt }) => {
      // A message on the queue is accepted, whether or not its caller was told.
      delivery.isAccepted = true;
      delivery.sends += 1;
      if (isFirst) deliveries.queued(delivery, insertedAt);
      journal.messageSent(messageId, isInDoubt);
    };
  };
}
