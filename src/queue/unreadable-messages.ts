import type { Problem } from '../problems/problem.ts';
import { storageWithin } from '../storage/bounds.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import type { Accepted } from './accept-message.ts';
import { fitsDeadLetter } from './dead-letter.ts';
import { readTime } from './delivery.ts';
import type { WorkPorts } from './ports.ts';
import type { Subject, TriggerMetadata } from './work-item.ts';
import { createWriteDeadLetter } from './write-dead-letter.ts';

type Unreadable = Extract<Accepted<object>, { readonly kind: 'unreadable' }>;
type LaterVersion = Extract<Accepted<object>, { readonly kind: 'later-version' }>;

/** Seconds after which a message of a later version is delivered again: the code that wrote it may be back. */
const laterVersionDelay = 900;

/** Milliseconds by which clocks may differ. */
const maxClockError = 86_400_000;

/** Records the end of a message that could not be read, unless anything is known of its subject. */
export type RecordUnreadable = (subject: Subject, problem: Problem) => Promise<void>;

export interface UnreadableMessages {
  /** Writes the dead letter of a message that cannot be read. */
  readonly deadLetterUnreadable: (
    message: Unreadable,
    metadata: TriggerMetadata,
    trace: TraceContext,
  ) => Promise<void>;
  /**
   * Keeps a message of a later version as it stands until it reaches the give-up age, and after that if a dead letter
   * could not hold all of it: the code that wrote it may be back.
   */
  readonly keepLaterVersion: (
    message: LaterVersion,
    metadata: TriggerMetadata,
    trace: TraceContext,
  ) => Promise<'postponed' | 'dead-lettered'>;
}

/** Handles messages that this code does not understand. */
export function createUnreadableMessages(
  queue: string,
  recordUnreadable: RecordUnreadable | null,
  ports: WorkPorts,
): UnreadableMessages {
  const { send, runtime, giveUpAfter } = ports;
  const writeDeadLetter = createWriteDeadLetter(ports);

  const deadLetterUnreadable: UnreadableMessages['deadLetterUnreadable'] = async (
    { bytes, insertedOn, problem, subject },
    { log },
    trace,
  ) =>
    writeDeadLetter({
      queue,
      content: {
        raw: bytes,
        ...(subject === null ? {} : { operationId: subject.operationId }),
        ...(insertedOn === null ? {} : { firstQueuedDateTime: insertedOn }),
      },
      problem,
      subject,
      attempts: 0,
      trace,
      log,
      record: subject === null || recordUnreadable === null ? null : () => recordUnreadable(subject, problem),
    });

  return {
    deadLetterUnreadable,
    keepLaterVersion: async ({ text, bytes, version, firstQueuedDateTime }, metadata, trace) => {
      const detail = `The message has version ${version}, which this release does not support.`;
      const problem = { code: 'later-version', detail, members: {} } as const;
      const timeLeft = timeLeftOf(firstQueuedDateTime);
      if (timeLeft <= 0 && fitsDeadLetter(queue, bytes, problem)) {
        const message = { kind: 'unreadable', bytes, insertedOn: null, problem, subject: null } as const;
        await deadLetterUnreadable(message, metadata, trace);
        return 'dead-lettered';
      }
      const delay = timeLeft <= 0 ? laterVersionDelay : Math.min(laterVersionDelay, timeLeft / 1000);
      // On its way to the queue, XML would alter these.
      const isAltered = text.includes('\r') || text !== text.trim();
      await send(queue, isAltered ? bytes : text, { delay, within: storageWithin.queue });
      metadata.log('warn', `a message of version ${version} is kept for the release that wrote it`);
      return 'postponed';
    },
  };

  /** Milliseconds until a message that was first queued at this time is given up; none without a believable time. */
  function timeLeftOf(firstQueuedDateTime: unknown): number {
    const queuedAt = readTime(firstQueuedDateTime);
    const age = queuedAt === null ? Number.NaN : runtime.clock.now() - queuedAt;
    return age > -maxClockError ? giveUpAfter - age : 0;
  }
}
