import type { ExternalGroup } from '../groups/external-group.ts';
import { operationIdOf, operationIdPattern } from '../groups/operation-id.ts';
import { readHostTrace } from '../telemetry/trace-context.ts';
import type { DeadContent, DeadLetterError } from '../work/dead-letter.ts';
import type { Burial } from './bury.ts';
import type { Operation } from './operations/operation.ts';
import { type Arrival, readTime, type Work } from './work.ts';

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
