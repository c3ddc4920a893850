import type { GraphStatus } from '../groups/graph-answer.ts';
import { storageWithin } from '../storage/bounds.ts';
import { fitsQueue, type Send } from '../storage/queues.ts';
import { toEnvelope } from './envelope.ts';
import { eventFields } from './event-fields.ts';
import type { MessageKind } from './message-kind.ts';
import type { QueueDecision } from './policy.ts';
import type { WorkPorts } from './ports.ts';
import { nameOf, type WorkItem } from './work-item.ts';

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
    if (fitsQueue(message)) {
      await send(kind.queue, message, { delay, within: storageWithin.queue });
      return;
    }
    // A producer's message can leave no room for its history. Its age then starts again, so that it is never given up.
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

/** Why work is postponed. */
interface Postponement {
  readonly graph: GraphStatus | null;
  /** For the log: no text from the message. */
  readonly why: string;
}

type Postpone<Content> = (
  item: WorkItem<Content>,
  decision: Extract<QueueDecision, { readonly do: 'reschedule' }>,
  postponement: Postponement,
) => Promise<WorkItem<Content>>;

/** Puts work back on its queue, and reports that; resolves with the item as it was put back. */
export function createPostpone<Content extends object>(
  resend: Resend<Content>,
  { telemetry }: Pick<WorkPorts, 'telemetry'>,
): Postpone<Content> {
  return async function postpone(item, { reason, seconds }, { graph, why }) {
    const next = { ...item, reason };
    await resend(next, seconds);
    const fields = eventFields(item.subject, 'queue', item.attempts, graph);
    telemetry.event('ExternalGroupPostponed', { ...fields, reason }, item.trace);
    item.log('warn', `${nameOf(item.subject)}: postponed by ${Math.ceil(seconds)} s: ${why}`);
    return next;
  };
}
