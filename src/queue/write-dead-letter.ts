import { describeError } from '../problems/adapter-error.ts';
import type { Problem } from '../problems/problem.ts';
import { storageWithin } from '../storage/bounds.ts';
import { queueNames } from '../storage/queues.ts';
import type { Log } from '../telemetry/telemetry.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import { type DeadContent, toDeadLetter } from './dead-letter.ts';
import { eventFields } from './event-fields.ts';
import type { MessageKind } from './message-kind.ts';
import type { WorkPorts } from './ports.ts';
import { toMessage } from './resend.ts';
import type { Subject, WorkItem } from './work-item.ts';

/** Work that ends in failure. */
interface DeadLetterRequest {
  readonly queue: string;
  readonly content: DeadContent;
  readonly problem: Problem;
  /** Null if the message names nothing. */
  readonly subject: Subject | null;
  readonly attempts: number;
  readonly trace: TraceContext;
  readonly log: Log;
  /** Records the end, once the letter is written. */
  readonly record: (() => Promise<unknown>) | null;
}

export type WriteDeadLetter = (request: DeadLetterRequest) => Promise<void>;

/**
 * Writes the dead letter first, then the record: a crash between the two repeats both; the other order could lose the
 * letter. Rejects if the letter cannot be written, so that the message is delivered again.
 */
export function createWriteDeadLetter({
  send,
  telemetry,
  runtime,
}: Pick<WorkPorts, 'send' | 'telemetry' | 'runtime'>): WriteDeadLetter {
  return async function writeDeadLetter({ queue, content, problem, subject, attempts, trace, log, record }) {
    const letter = toDeadLetter(queue, content, problem, new Date(runtime.clock.now()).toISOString());
    await send(queueNames.deadLetters, letter, { delay: 0, within: storageWithin.queue });
    telemetry.metric('externalGroups.deadLetters', 1, { code: problem.code });
    const named = subject ?? { connectionId: '', groupId: '', operationId: '' };
    const fields = eventFields(named, 'queue', attempts, problem.members.graph ?? null);
    telemetry.event('ExternalGroupDeadLettered', { ...fields, code: problem.code }, trace);
    const what = named.operationId === '' ? 'a message' : `operation ${named.operationId}`;
    // The letter has the detail, which can repeat names that the message made up.
    log('error', `${what}: dead letter: ${problem.code}`);
    try {
      await record?.();
    } catch (thrown) {
      log('error', `${what}: failed, but not recorded: ${describeError(thrown)}`);
    }
  };
}

/** Writes the dead letter of a work item, then records its end. */
type FailItem<Content> = (
  item: WorkItem<Content>,
  problem: Problem,
  /** Null: such work has no record. */
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
