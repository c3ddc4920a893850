import type { DeadContent, DeadLetterError } from '../deferral/dead-letter.ts';
import type { Message, ReadMessage } from '../deferral/message.ts';
import type { ExternalGroup } from '../groups/external-group.ts';
import { type Operation, operationIdOf, operationIdPattern } from '../operations/operation.ts';
import type { Log } from '../telemetry/log.ts';
import type { EventFields } from '../telemetry/telemetry.ts';
import {
  type HostTraceContext,
  readHostTrace,
  readTraceContext,
  type TraceContext,
} from '../telemetry/trace-context.ts';
import type { Burial } from './bury.ts';

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

export interface AdmissionRules {
  readonly readMessage: ReadMessage;
  readonly isAllowed: (connectionId: string) => boolean;
  readonly now: () => number;
}

/** Bytes of a group's JSON: the bound of the HTTP door, so that the message fits again when it is postponed. */
export const longestGroup = 32 * 1024;

/** Decides whether a message is work, or the burial that it comes to within this one attempt. */
export function admit(
  payload: unknown,
  arrival: Arrival,
  rules: AdmissionRules,
): { work: Work } | { burial: Burial } {
  const read = rules.readMessage(payload);
  if (!read.ok)
    return { burial: burialOf(payload, { code: read.code, detail: read.detail }, arrival, rules.now) };
  const { message } = read;
  const work = toWork(message, arrival, rules.now);
  if (!rules.isAllowed(message.connectionId)) {
    const detail = 'EXTERNAL_CONNECTIONS does not list the connection.';
    return { burial: toBurial(work, { code: 'connection-not-allowed', detail }) };
  }
  if (Buffer.byteLength(JSON.stringify(message.group), 'utf8') > longestGroup)
    return { burial: toBurial(work, { code: 'payload-too-large', detail: 'The group is over 32 KiB.' }) };
  return { work };
}

/** The burial of a message that is not worked off: whole where it can be read, else its bytes. */
export function burialOf(
  payload: unknown,
  error: DeadLetterError,
  arrival: Arrival,
  now: () => number,
): Burial {
  const named = nameOperation(payload);
  const at = new Date(now()).toISOString();
  const content: DeadContent = {
    raw: Buffer.from(toText(payload), 'utf8'),
    ...(named === null ? {} : { operationId: named.id }),
  };
  const delivery = readTime(arrival.insertedOn) ?? at;
  const operation: Operation | null =
    named === null
      ? null
      : {
          ...named,
          status: 'failed',
          reason: 'queued',
          createdDateTime: delivery,
          lastActionDateTime: at,
          attempts: 0,
        };
  return {
    content,
    error,
    operation,
    delivery,
    trace: readHostTrace(arrival.traceContext),
    log: arrival.log,
  };
}

export function toBurial(work: Work, error: DeadLetterError): Burial {
  const { connectionId, group, reason } = work.message;
  return {
    content: { message: work.message },
    error,
    operation: {
      id: work.operationId,
      status: 'failed',
      connectionId,
      groupId: group.id,
      reason: reason ?? 'queued',
      createdDateTime: work.delivery,
      lastActionDateTime: work.delivery,
      attempts: work.message.attempts ?? 0,
    },
    delivery: work.delivery,
    trace: work.trace,
    log: work.log,
  };
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
  const message: Message = { ...given, operationId, firstQueuedDateTime: delivery, ...trace };
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

/** The trigger hands JSON over parsed: its text again, but for brackets nested so deeply that the stack ends. */
function toText(payload: unknown): string {
  if (typeof payload === 'string') return payload;
  try {
    return JSON.stringify(payload) ?? '';
  } catch {
    return '(nested too deeply to be written down)';
  }
}

/** Whose operation a message is that breaks the schema, as far as it can be told. */
function nameOperation(payload: unknown): Pick<Operation, 'id' | 'connectionId' | 'groupId'> | null {
  const text = (value: unknown) => (typeof value === 'string' && value.length <= 128 ? value : null);
  const { connectionId, group, operationId } = record(payload);
  const { id, displayName, description } = record(group);
  const connection = text(connectionId);
  const groupId = text(id);
  const given = text(operationId);
  const names = { connectionId: connection ?? '', groupId: groupId ?? '' };
  if (given !== null && new RegExp(operationIdPattern).test(given)) return { id: given, ...names };
  if (connection === null || groupId === null || !isProperty(displayName) || !isProperty(description))
    return null;
  const wanted: ExternalGroup = {
    id: groupId,
    displayName: displayName ?? null,
    description: description ?? null,
  };
  return { id: operationIdOf(connection, wanted), ...names };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isProperty(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string';
}

function readTime(value: unknown): string | null {
  if (typeof value !== 'string' && !(value instanceof Date)) return null;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
