import { createBury } from '../../../src/creations/bury.ts';
import { type CreateDeferred, createCreateDeferred } from '../../../src/creations/create-deferred.ts';
import { createMessageReader } from '../../../src/creations/message.ts';
import type { StoredOperation } from '../../../src/creations/operations/entity.ts';
import type { Operation } from '../../../src/creations/operations/operation.ts';
import type { Operations } from '../../../src/creations/operations/operations.ts';
import { createRescue, type Rescue } from '../../../src/creations/rescue.ts';
import type { CreateOptions } from '../../../src/graph/create-external-group.ts';
import type { Outcome } from '../../../src/groups/outcome.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import type { Send, SendOptions } from '../../../src/storage/queues.ts';
import { silentTelemetry } from '../../../src/telemetry/telemetry.ts';

export interface Sent {
  readonly queue: string;
  readonly content: Record<string, unknown>;
  readonly options: SendOptions;
}

/** The queue twin with its surroundings as plain functions that a test can watch and break. */
export interface Twin {
  readonly createDeferred: CreateDeferred;
  readonly rescue: Rescue;
  readonly sent: Sent[];
  readonly recorded: Operation[];
  readonly attempts: CreateOptions[];
  readonly events: string[];
  outcome: Outcome;
  /** Graph takes as long as this. */
  graph: () => Promise<void>;
  /** What the table holds already; null: it takes whatever is recorded. */
  stored: StoredOperation | null;
  tableIsDown: boolean;
  queueIsDown: boolean;
  now: number;
}

export const start = Date.parse('2026-11-21T12:00:00.000Z');
export const arrival = {
  insertedOn: new Date(start).toISOString(),
  traceContext: undefined,
  log: () => undefined,
};

export function createTwin(giveUpAfter = 3_600_000): Twin {
  const send: Send = async (queue, content, options) => {
    if (twin.queueIsDown) throw new Error('queue down');
    twin.sent.push({ queue, content: { ...content }, options });
  };
  const operations: Operations = {
    read: () => Promise.resolve(null),
    record: async (operation, delivery) => {
      if (twin.tableIsDown) throw new Error('table down');
      twin.recorded.push(operation);
      return twin.stored === null ? { operation, delivery, kept: false } : { ...twin.stored, kept: true };
    },
  };
  const now = () => twin.now;
  const telemetry = { ...silentTelemetry, event: (name: string) => void twin.events.push(name) };
  const readMessage = createMessageReader('alphanumeric');
  const bury = createBury(send, operations, telemetry, now);
  const twin: Twin = {
    createDeferred: createCreateDeferred({
      readMessage,
      isAllowed: (id) => id !== 'forbidden',
      createExternalGroup: async (_connection, _group, options) => {
        twin.attempts.push(options);
        await twin.graph();
        return twin.outcome;
      },
      send,
      operations,
      bury,
      telemetry,
      locate: (connection, group) => `https://graph/${connection}/${group}`,
      graphDeadline: 1_000,
      giveUpAfter,
      clock: { ...systemClock, now },
      random: () => 0,
    }),
    rescue: createRescue({ readMessage, operations, bury, now }),
    sent: [],
    recorded: [],
    attempts: [],
    events: [],
    outcome: { kind: 'created', group: { id: 'a' } },
    graph: () => Promise.resolve(),
    stored: null,
    tableIsDown: false,
    queueIsDown: false,
    now: start,
  };
  return twin;
}
