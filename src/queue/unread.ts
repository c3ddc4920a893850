import { storageWithin } from '../storage/bounds.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import type { Accepted } from './accept-message.ts';
import { readTime } from './delivery.ts';
import type { WorkKind } from './kind.ts';
import type { TriggerMetadata } from './piece.ts';
import type { WorkPorts } from './ports.ts';
import { createWriteDeadLetter } from './write-dead-letter.ts';

type Unreadable = Extract<Accepted<object>, { readonly kind: 'unreadable' }>;
type LaterVersion = Extract<Accepted<object>, { readonly kind: 'later-version' }>;

/** Seconds after which a message of a later version is delivered again: the code that wrote it may be back. */
const laterVersionDelay = 900;

/** Milliseconds by which clocks may differ. */
const maxClockError = 86_400_000;

export interface Unread {
  /** Writes the dead letter of a message that cannot be read. */
  readonly deadLetterUnreadable: (
    message: Unreadable,
    metadata: TriggerMetadata,
    trace: TraceContext,
  ) => Promise<void>;
  /** Keeps a message of a later version unchanged, until it reaches the give-up age. */
  readonly keepLaterVersion: (
    message: LaterVersion,
    metadata: TriggerMetadata,
    trace: TraceContext,
  ) => Promise<'postponed' | 'dead-lettered'>;
}

/** Handles messages that this code does not understand. */
export function createUnread<Content extends object, Outcome>(
  { queue, records }: Pick<WorkKind<Content, Outcome>, 'queue' | 'records'>,
  ports: WorkPorts,
): Unread {
  const { send, runtime, limits } = ports;
  const writeDeadLetter = createWriteDeadLetter(ports);

  const deadLetterUnreadable: Unread['deadLetterUnreadable'] = async (
    { bytes, insertedOn, error, subject },
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
      error,
      subject,
      attempts: 0,
      trace,
      log,
      record: subject === null ? null : () => records.recordUnread(subject, error),
    });

  return {
    deadLetterUnreadable,
    keepLaterVersion: async (message, metadata, trace) => {
      const { bytes, version, firstQueuedDateTime } = message;
      const queuedAt = readTime(firstQueuedDateTime);
      const age = queuedAt === null ? null : runtime.clock.now() - queuedAt;
      const isKept = age !== null && age > -maxClockError && age < limits.giveUpAfter;
      if (isKept) {
        await send(queue, bytes, { delay: laterVersionDelay, within: storageWithin.queue });
        metadata.log('warn', `a message of version ${version} is kept for the code that wrote it`);
        return 'postponed';
      }
      const detail = `The message is of version ${version}, which this code is too old for.`;
      const error = { code: 'validation-failed', detail } as const;
      await deadLetterUnreadable(
        { kind: 'unreadable', bytes, insertedOn: null, error, subject: null },
        metadata,
        trace,
      );
      return 'dead-lettered';
    },
  };
}
