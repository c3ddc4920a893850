import { createAttemptCreation, type GroupIsGoneSince } from '../../../src/creations/attempt-creation.ts';
import { type CreateNow, createCreateNow } from '../../../src/creations/create-now.ts';
import { createCreationWorker } from '../../../src/creations/creation-worker.ts';
import { createDefer, type Defer } from '../../../src/creations/defer.ts';
import { createReadCreation } from '../../../src/creations/message.ts';
import { createOperationRecords } from '../../../src/creations/operation-records.ts';
import {
  createOperationsOn,
  type Operations,
  type OperationsTable,
} from '../../../src/creations/operations/operations.ts';
import type { CreateOptions } from '../../../src/graph/create-external-group.ts';
import type { IdCharacters } from '../../../src/groups/external-group.ts';
import type { Outcome } from '../../../src/groups/outcome.ts';
import type { Envelope } from '../../../src/queue/envelope.ts';
import { decodeMessage } from '../../../src/queue/message-text.ts';
import type { TriggerMetadata } from '../../../src/queue/work-item.ts';
import { encodeMessage, type Send, type SendOptions } from '../../../src/storage/queues.ts';
import { type EventFields, silentTelemetry } from '../../../src/telemetry/telemetry.ts';
import { createMemoryTable } from '../../support/memory-table.ts';
import { createTestRuntime, type TestRuntime } from '../../support/test-runtime.ts';

export interface Sent {
  readonly queue: string;
  readonly content: Record<string, unknown>;
  /** The text on the queue. */
  readonly text: string;
  readonly options: SendOptions;
}

export interface CreationsOptions {
  /** What Graph says to the first, second … call; the last one from then on. */
  readonly outcomes?: readonly Outcome[];
  /** Called while Graph is asked. */
  readonly duringCall?: (options: CreateOptions) => Promise<void> | void;
  readonly table?: OperationsTable;
  readonly queueIsDown?: boolean;
  readonly giveUpAfter?: number;
  readonly idCharacters?: IdCharacters;
  readonly groupIsGoneSince?: GroupIsGoneSince;
  readonly runtime?: TestRuntime;
}

/** The use cases of creations over a queue that is watched, a table in memory, and a Graph that says what it is told. */
export interface Creations {
  readonly createNow: CreateNow;
  readonly defer: Defer;
  /** Hands a message to the queue worker: an object as its JSON, a text or bytes as they are. */
  readonly work: (message: unknown, metadata?: Partial<TriggerMetadata>) => Promise<void>;
  readonly poison: (message: unknown, metadata?: Partial<TriggerMetadata>) => Promise<void>;
  readonly operations: Operations;
  readonly sent: readonly Sent[];
  readonly calls: readonly CreateOptions[];
  readonly events: readonly string[];
  readonly eventFields: readonly EventFields[];
  readonly runtime: TestRuntime;
}

export const start = Date.parse('2026-11-21T12:00:00.000Z');
export const within = 1_000;
export const created: Outcome = { kind: 'created', group: { id: 'a' } };

/** An envelope as the adapter itself writes it. */
export function ownEnvelope(more: Envelope = {}): Envelope {
  return {
    version: 1,
    deliveryId: 'own',
    reason: 'throttled',
    attempts: 1,
    uncertain: false,
    firstQueuedDateTime: new Date(start).toISOString(),
    ...more,
  };
}

/** A table that cannot be reached. */
export const tableDown: OperationsTable = {
  read: () => Promise.reject(new Error('table down')),
  transact: () => Promise.reject(new Error('table down')),
};

export function openCreations(options: CreationsOptions = {}): Creations {
  const { outcomes = [created], giveUpAfter = 3_600_000, idCharacters = 'alphanumeric' } = options;
  const runtime = options.runtime ?? createTestRuntime(start);
  const sent: Sent[] = [];
  const calls: CreateOptions[] = [];
  const events: string[] = [];
  const eventFields: EventFields[] = [];
  const send: Send = async (queue, content, sendOptions) => {
    if (options.queueIsDown === true) throw new Error('queue down');
    const text = encodeMessage(content);
    const { json } = decodeMessage(Buffer.from(text));
    if (!json.ok) throw new Error(`what is sent ${json.detail}`);
    sent.push({ queue, content: { ...(json.value as object) }, text, options: sendOptions });
    return { messageId: `sent-${sent.length}`, popReceipt: '', insertedOn: start };
  };
  const telemetry = {
    ...silentTelemetry,
    event: (name: string, fields: EventFields) => {
      events.push(name);
      eventFields.push(fields);
    },
  };
  const createExternalGroup = async (_connection: string, _group: unknown, call: CreateOptions) => {
    calls.push(call);
    await options.duringCall?.(call);
    return outcomes[Math.min(calls.length, outcomes.length) - 1] ?? created;
  };
  const table = options.table ?? createMemoryTable();
  const operations = createOperationsOn(table, runtime.clock);
  const locate = (connection: string, group: string) => `https://graph/${connection}/${group}`;
  const worker = createCreationWorker({
    read: createReadCreation({ idCharacters, isAllowed: (id) => id !== 'forbidden' }),
    attempt: createAttemptCreation({
      createExternalGroup,
      groupIsGoneSince: options.groupIsGoneSince ?? (() => Promise.resolve(false)),
      telemetry,
      runtime,
      graphDeadline: 1_000,
    }),
    records: createOperationRecords(operations, locate, runtime.clock),
    ports: { send, telemetry, runtime, giveUpAfter },
  });
  const defer = createDefer(send, operations, runtime);
  const limits = { graphDeadline: 1_000, giveUpAfter };
  return {
    createNow: createCreateNow({ createExternalGroup, defer, telemetry, limits, runtime }),
    defer,
    work: (message, metadata) => worker.work(toBytes(message), { ...ofMessage, ...metadata }),
    poison: (message, metadata) => worker.handlePoison(toBytes(message), { ...ofMessage, ...metadata }),
    operations,
    sent,
    calls,
    events,
    eventFields,
    runtime,
  };
}

const ofMessage: TriggerMetadata = {
  messageId: 'message-1',
  insertedOn: new Date(start).toISOString(),
  traceContext: undefined,
  log: () => undefined,
};

function toBytes(message: unknown): Buffer {
  if (Buffer.isBuffer(message)) return message;
  return Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
}
