import type { Problem } from '../problems/problem.ts';
import type { WorkResult } from '../telemetry/telemetry.ts';
import { acceptMessage, traceOf } from './accept-message.ts';
import type { MessageKind } from './message-kind.ts';
import type { WorkPorts } from './ports.ts';
import { createUnreadableMessages, type RecordUnreadable } from './unreadable-messages.ts';
import type { TriggerMetadata, WorkItem } from './work-item.ts';

/** Processes one message of a queue. Rejects only if storage fails: the host delivers it again. */
export type QueueWorker = (payload: unknown, metadata: TriggerMetadata) => Promise<void>;

/** What becomes of the messages of a queue. Each rejects if storage fails. */
export interface MessageHandlers<Content> {
  readonly work: (item: WorkItem<Content>) => Promise<WorkResult>;
  /** For work that is not attempted, because the message itself is at fault. */
  readonly refuse: (item: WorkItem<Content>, problem: Problem) => Promise<void>;
  /** For work whose worker crashed again and again. */
  readonly handleCrashed: (item: WorkItem<Content>) => Promise<void>;
  /** Null: messages of this kind have no record. */
  readonly recordUnreadable: RecordUnreadable | null;
}

/** Receives the messages of a queue: reads one, and hands it on within the span of this attempt. */
export function createQueueWorker<Content extends object>(
  kind: MessageKind<Content>,
  { work, refuse, recordUnreadable }: Omit<MessageHandlers<Content>, 'handleCrashed'>,
  ports: WorkPorts,
): QueueWorker {
  const { telemetry, runtime, giveUpAfter } = ports;
  const unread = createUnreadableMessages(kind.queue, recordUnreadable, ports);

  return async function workQueuedMessage(payload, metadata) {
    const options = { now: runtime.clock.now(), giveUpAfter, newId: runtime.newId };
    const accepted = acceptMessage(kind, payload, metadata, options);
    const span = telemetry.queueWork(traceOf(accepted, metadata), metadata.traceContext, kind.name);
    let result: WorkResult = 'failed';
    try {
      if (accepted.kind === 'unreadable') {
        await unread.deadLetterUnreadable(accepted, metadata, span.trace);
        result = 'dead-lettered';
      } else if (accepted.kind === 'later-version') {
        result = await unread.keepLaterVersion(accepted, metadata, span.trace);
      } else if (accepted.kind === 'refused') {
        await refuse({ ...accepted.item, trace: span.trace }, accepted.problem);
        result = 'dead-lettered';
      } else {
        // The message keeps the trace it came with, so that all attempts are siblings below the request.
        result = await work({ ...accepted.item, trace: span.trace });
      }
    } finally {
      span.end(result);
    }
  };
}
