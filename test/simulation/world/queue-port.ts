import { type Begin, type CallOptions, callOptions } from './ports.ts';
import type { QueueMessage, QueueService } from './queue-service.ts';
import { failing, serverBusy } from './service-error.ts';

export type MessageHandle = Pick<QueueMessage, 'messageId' | 'popReceipt'>;

export interface SendOptions {
  readonly delay: number;
  readonly ttl?: number;
  /** Observes a message once it is on the queue, whether or not its sender gets a response. */
  readonly onSent?: (message: QueueMessage) => void;
}

/** Storage queues as an instance calls them. Times are in milliseconds; no `ttl`: it never expires. */
export interface QueuePort {
  readonly send: (queue: string, text: string, options: CallOptions & SendOptions) => Promise<QueueMessage>;
  readonly receive: (
    queue: string,
    options: CallOptions & { readonly most: number; readonly lease: number },
  ) => Promise<QueueMessage[]>;
  readonly peek: (queue: string, options: CallOptions & { readonly most: number }) => Promise<QueueMessage[]>;
  readonly update: (
    queue: string,
    message: MessageHandle,
    options: CallOptions & { readonly text?: string | undefined; readonly delay: number },
  ) => Promise<QueueMessage>;
  readonly remove: (queue: string, message: MessageHandle, options?: CallOptions) => Promise<void>;
}

export function createQueuePort(begin: Begin, queues: QueueService, coin: () => boolean): QueuePort {
  const call = <T>(label: () => string, perform: () => T, options?: CallOptions, isRead = false) =>
    begin<T>({
      service: 'queue',
      label,
      perform,
      refuse: () => (isRead ? serverBusy() : failing(perform, coin)),
      isRead,
      ...callOptions(options),
    });
  const hidden = (delay: number) => (delay > 0 ? ` (hidden for ${delay / 1000} s)` : '');

  return {
    send: (queue, text, { delay, ttl = Number.POSITIVE_INFINITY, onSent, ...options }) =>
      call(
        () => `sends to ${queue}${hidden(delay)}: ${readable(text)}`,
        () => {
          const message = queues.send(queue, text, { delay, ttl });
          onSent?.(message);
          return message;
        },
        options,
      ),
    receive: (queue, { most, lease, ...options }) =>
      call(
        () => `receives from ${queue}`,
        () => queues.receive(queue, most, lease),
        options,
      ),
    peek: (queue, { most, ...options }) =>
      call(
        () => `peeks at ${queue}`,
        () => queues.peek(queue, most),
        options,
        true,
      ),
    update: (queue, { messageId, popReceipt }, { text, delay, ...options }) =>
      call(
        () => `updates ${messageId} on ${queue}${hidden(delay)}`,
        () => queues.update(queue, messageId, popReceipt, { text, delay }),
        options,
      ),
    remove: (queue, { messageId, popReceipt }, options) =>
      call(
        () => `deletes ${messageId} from ${queue}`,
        () => queues.remove(queue, messageId, popReceipt),
        options,
      ),
  };
}

/** What base64 stands for, where it is text. */
function readable(text: string): string {
  const decoded = Buffer.from(text, 'base64');
  return decoded.toString('base64') === text ? decoded.toString('utf8') : text;
}
