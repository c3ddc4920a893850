import { operationIdOf } from '../groups/operation-id.ts';
import type { Log } from '../telemetry/log.ts';
import type { EventFields } from '../telemetry/telemetry.ts';
import {
  type HostTraceContext,
  readHostTrace,
  readTraceContext,
  type TraceContext,
} from '../telemetry/trace-context.ts';
import type { Message } from './message.ts';

/** What the trigger says of a message besides its content. */
export interface Arrival {
  /** When the message was put on the queue, as the trigger's metadata says. */
  readonly insertedOn: unknown;
  /** The host's own trace, for messages that bring none. */
  readonly traceContext: HostTraceContext | undefined;
  readonly log: Log;
}

/** A message that may be worked off. */
export interface Work {
  readonly message: Message;
  readonly operationId: string;
  /** When it was first queued (ISO 8601): names this delivery of the operation. */
  readonly delivery: string;
  /** This attempt included. */
  readonly attempts: number;
  readonly subject: Pick<EventFields, 'connectionId' | 'groupId' | 'source' | 'operationId' | 'attempts'>;
  readonly trace: TraceContext;
  readonly log: Log;
}

/** Fills in what a producer leaves out. */
export function toWork(given: Message, arrival: Arrival, now: () => number): Work {
  const operationId = given.operationId ?? operationIdOf(given.connectionId, given.group);
  const candidates = [readTime(given.firstQueuedDateTime), readTime(arrival.insertedOn)];
  // Clocks differ by hours at worst; what claims to come from further ahead would never grow old.
  const latest = new Date(now() + 86_400_000).toISOString();
  const delivery = candidates.find((time) => time !== null && time < latest) ?? new Date(now()).toISOString();
  const trace =
    given.traceparent === undefined
      ? readHostTrace(arrival.traceContext)
      : readTraceContext(given.traceparent, given.tracestate);
  const attempts = (given.attempts ?? 0) + 1;
  const message: Message = {
    ...given,
    operationId,
    reason: given.reason ?? 'queued',
    attempts: given.attempts ?? 0,
    uncertain: given.uncertain ?? false,
    firstQueuedDateTime: delivery,
    ...trace,
  };
  const { connectionId, group } = given;
  return {
    message,
    operationId,
    delivery,
    attempts,
    subject: { connectionId, groupId: group.id, source: 'queue', operationId, attempts },
    trace,
    log: arrival.log,
  };
}

/** The same work with another count of attempts, this one included or not. */
export function withAttempts(work: Work, attempts: number): Work {
  return { ...work, attempts, subject: { ...work.subject, attempts } };
}

/** An ISO time from whatever the trigger's metadata or a message has; null where it is none. */
export function readTime(value: unknown): string | null {
  if (typeof value !== 'string' && !(value instanceof Date)) return null;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
