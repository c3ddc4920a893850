import type { Prng } from './prng.ts';
import { serviceError } from './service-error.ts';

/** A message as the service keeps it. Times are in milliseconds since 1970. */
export interface QueueMessage {
  readonly messageId: string;
  /** By the queue's own clock, in whole seconds, as in Azure: it does not distinguish two messages of one second. */
  readonly insertedAt: number;
  readonly expiresAt: number;
  readonly text: string;
  readonly visibleAt: number;
  readonly dequeueCount: number;
  /** Of the latest receive or update: an older one deletes nothing. */
  readonly popReceipt: string;
}

/** Storage queues: at least once, in no order, with visibility delays and pop receipts. */
export interface QueueService {
  /** `delay` and `ttl` in milliseconds. */
  readonly send: (
    queue: string,
    text: string,
    options: { readonly delay: number; readonly ttl: number },
  ) => QueueMessage;
  readonly receive: (queue: string, most: number, lease: number) => QueueMessage[];
  readonly peek: (queue: string, most: number) => QueueMessage[];
  /** `text` undefined: stays as it is. */
  readonly update: (
    queue: string,
    messageId: string,
    popReceipt: string,
    change: { readonly text: string | undefined; readonly delay: number },
  ) => QueueMessage;
  readonly remove: (queue: string, messageId: string, popReceipt: string) => void;
  /** Everything on a queue, hidden messages included. */
  readonly all: (queue: string) => readonly QueueMessage[];
  readonly countVisible: (queue: string) => number;
  /** When the next hidden message of a queue can be seen; null: none is hidden. */
  readonly nextVisible: (queue: string) => number | null;
  /** Ends the lease of a message early, as when the host that holds it stalls. */
  readonly endLease: (queue: string, messageId: string) => void;
}

export function createQueueService(
  prng: Prng,
  { now, stamp }: { readonly now: () => number; readonly stamp: () => number },
  on: {
    readonly sent: (queue: string, message: QueueMessage) => void;
    readonly expired: (queue: string, message: QueueMessage) => void;
  },
): QueueService {
  const queues = new Map<string, QueueMessage[]>();
  let numbered = 0;

  function held(queue: string): QueueMessage[] {
    let messages = queues.get(queue);
    if (messages === undefined) {
      messages = [];
      queues.set(queue, messages);
    }
    if (messages.some(({ expiresAt }) => expiresAt <= now())) {
      for (const message of messages.filter(({ expiresAt }) => expiresAt <= now()))
        on.expired(queue, message);
      messages = messages.filter(({ expiresAt }) => expiresAt > now());
      queues.set(queue, messages);
    }
    return messages;
  }

  const name = (prefix: string) => {
    numbered += 1;
    return `${prefix}${numbered}`;
  };

  function replace(queue: string, messageId: string, change: Partial<QueueMessage>): QueueMessage {
    const messages = held(queue);
    const index = messages.findIndex((message) => message.messageId === messageId);
    const message = messages[index];
    if (message === undefined) throw serviceError(404, 'MessageNotFound');
    const changed = { ...message, ...change };
    messages[index] = changed;
    return changed;
  }

  function requireReceipt(queue: string, messageId: string, popReceipt: string): void {
    const message = held(queue).find((one) => one.messageId === messageId);
    if (message === undefined) throw serviceError(404, 'MessageNotFound');
    if (message.popReceipt !== popReceipt) throw serviceError(400, 'PopReceiptMismatch');
  }

  const visible = (queue: string) => held(queue).filter(({ visibleAt }) => visibleAt <= now());

  return {
    send: (queue, text, { delay, ttl }) => {
      const message: QueueMessage = {
        messageId: name('message-'),
        insertedAt: stamp(),
        expiresAt: now() + ttl,
        text,
        visibleAt: now() + delay,
        dequeueCount: 0,
        popReceipt: name('receipt-'),
      };
      held(queue).push(message);
      on.sent(queue, message);
      return message;
    },
    receive: (queue, most, lease) => {
      const candidates = visible(queue);
      const received: QueueMessage[] = [];
      while (candidates.length > 0 && received.length < most) {
        const { messageId, dequeueCount } = prng.take(candidates);
        const change = {
          visibleAt: now() + lease,
          dequeueCount: dequeueCount + 1,
          popReceipt: name('receipt-'),
        };
        received.push(replace(queue, messageId, change));
      }
      return received;
    },
    peek: (queue, most) => visible(queue).slice(0, most),
    update: (queue, messageId, popReceipt, { text, delay }) => {
      requireReceipt(queue, messageId, popReceipt);
      const change = { visibleAt: now() + delay, popReceipt: name('receipt-') };
      return replace(queue, messageId, text === undefined ? change : { ...change, text });
    },
    remove: (queue, messageId, popReceipt) => {
      requireReceipt(queue, messageId, popReceipt);
      const messages = held(queue);
      messages.splice(
        messages.findIndex((message) => message.messageId === messageId),
        1,
      );
    },
    all: held,
    countVisible: (queue) => visible(queue).length,
    nextVisible: (queue) => {
      let next: number | null = null;
      for (const { visibleAt } of held(queue))
        if (visibleAt > now() && (next === null || visibleAt < next)) next = visibleAt;
      return next;
    },
    endLease: (queue, messageId) => void replace(queue, messageId, { visibleAt: now() }),
  };
}
