import type { Problem } from '../problems/problem.ts';
import type { MessageKind } from './message-kind.ts';
import { toMessage } from './resend.ts';
import type { WorkItem } from './work-item.ts';
import type { WriteDeadLetter } from './write-dead-letter.ts';

/** Writes the dead letter of a work item, then records its end. */
type FailItem<Content> = (
  item: WorkItem<Content>,
  problem: Problem,
  /** Null: nothing is recorded of such work. */
  record: (() => Promise<unknown>) | null,
) => Promise<void>;

export function createFailItem<Content extends object>(
  kind: MessageKind<Content>,
  writeDeadLetter: WriteDeadLetter,
): FailItem<Content> {
  return (item, problem, record) =>
    writeDeadLetter({
      queue: kind.queue,
      content: { message: toMessage(kind, item), cuts: kind.cuts },
      problem,
      subject: item.subject,
      attempts: item.attempts,
      trace: item.trace,
      log: item.log,
      record,
    });
}
