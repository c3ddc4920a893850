import { storageWithin } from '../storage/bounds.ts';
import { fitsQueue, type Send } from '../storage/queues.ts';
import { toEnvelope } from './envelope.ts';
import type { MessageKind } from './message-kind.ts';
import type { WorkItem } from './work-item.ts';

/** Puts a work item back on its queue, to be seen after this many seconds. Rejects if the queue fails. */
export type Resend<Content> = (item: WorkItem<Content>, delay: number) => Promise<void>;

/** Seconds: without its number of attempts a message has no backoff that grows. */
const delayWithoutHistory = 60;

/** The new message is sent before the old one is completed: a crash in between leaves two, never none. */
export function createResend<Content extends object>(
  kind: MessageKind<Content>,
  send: Send,
): Resend<Content> {
  return async function resend(item, delay) {
    const message = toMessage(kind, item);
    if (fitsQueue(message)) return send(kind.queue, message, { delay, within: storageWithin.queue });
    // A producer's message can leave no room for its history. Its age then begins anew, so that it is never given up.
    await send(kind.queue, kind.toMessage(item.content), {
      delay: Math.max(delay, delayWithoutHistory),
      within: storageWithin.queue,
    });
  };
}

/** The message of a work item, with its history. */
export function toMessage<Content extends object>(
  kind: Pick<MessageKind<Content>, 'toMessage'>,
  item: WorkItem<Content>,
): object {
  return { ...kind.toMessage(item.content), ...toEnvelope({ ...item, trace: item.origin }) };
}
