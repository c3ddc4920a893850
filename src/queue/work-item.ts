import type { EventFields, Log } from '../telemetry/telemetry.ts';
import {
  type HostTraceContext,
  readHostTrace,
  readTraceContext,
  type TraceContext,
} from '../telemetry/trace-context.ts';
import type { Envelope } from './envelope.ts';
import { type History, readHistory } from './history.ts';

/** What the trigger says about a message. */
export interface TriggerMetadata {
  /** The queue's id for the message, and when it was enqueued, according to the trigger or the SDK. */
  readonly messageId: unknown;
  readonly insertedOn: unknown;
  /** How often the message has been delivered, including this time; absent if unknown. */
  readonly dequeueCount?: unknown;
  /** The host's own trace, for messages without one. */
  readonly traceContext: HostTraceContext | undefined;
  readonly log: Log;
}

/** What work is about, as used in signals and records. */
export type Subject = Pick<EventFields, 'connectionId' | 'groupId' | 'operationId'>;

/** Queued work in one of its attempts. */
export interface WorkItem<Content> extends History {
  readonly content: Content;
  readonly subject: Subject;
  /** Including this attempt. */
  readonly attempts: number;
  /** An earlier attempt may have done the work: read before writing. */
  readonly uncertain: boolean;
  /** The message itself was delivered before, as storage counts: that attempt was interrupted. */
  readonly isRedelivered: boolean;
  /** So old that this attempt is the last. */
  readonly isOverdue: boolean;
  /** The trace that the message came with; it is kept. */
  readonly origin: TraceContext;
  /** The trace of this attempt. */
  readonly trace: TraceContext;
  readonly log: Log;
}

export interface ItemOptions {
  readonly now: number;
  /** Milliseconds. */
  readonly giveUpAfter: number;
  /** An id for a delivery that has none. */
  readonly newId: () => string;
  /** The message was moved to the poison queue: storage's metadata is not about the delivery. */
  readonly isPoison?: boolean;
}

/** Fills in what a producer leaves out. */
export function toWorkItem<Content>(
  content: Content,
  envelope: Envelope,
  subject: Subject,
  metadata: TriggerMetadata,
  { now, giveUpAfter, newId, isPoison = false }: ItemOptions,
): WorkItem<Content> {
  const { messageId, insertedOn } = metadata;
  const ownName = typeof messageId === 'string' && messageId !== '' ? messageId : newId();
  const history = readHistory(envelope, { now, messageId: ownName, insertedOn, isPoison });
  const isRedelivered = Number(metadata.dequeueCount) > 1;
  const trace =
    envelope.traceparent === undefined
      ? readHostTrace(metadata.traceContext)
      : readTraceContext(envelope.traceparent, envelope.tracestate);
  return {
    ...history,
    content,
    subject,
    attempts: history.attempts + (isPoison ? 0 : 1),
    uncertain: history.uncertain || isRedelivered,
    isRedelivered,
    isOverdue: history.age >= giveUpAfter,
    origin: trace,
    trace,
    log: metadata.log,
  };
}

/** How log lines name it. */
export function nameOf({ connectionId, groupId, operationId }: Subject): string {
  if (operationId !== '') return `operation ${operationId}`;
  return groupId === '' ? `an event for ${connectionId || 'no connection'}` : `${connectionId}/${groupId}`;
}
