import type { Creation } from '../../src/creations/message.ts';
import { type Operation, toOperation } from '../../src/creations/operations/operation.ts';
import type { ReadChangeMessage } from '../../src/ledger/change-message.ts';
import { type Delivery, readTime, toText } from '../../src/queue/delivery.ts';
import { isFirst, isOwn, toEnvelope } from '../../src/queue/envelope.ts';
import type { Reading } from '../../src/queue/message-kind.ts';
import type { Subject } from '../../src/queue/work-item.ts';
import { queueNames } from '../../src/storage/queues.ts';
import { newTrace, readTraceContext } from '../../src/telemetry/trace-context.ts';

/** The work that a dead letter can be redriven as. */
export interface Revival {
  readonly queue: string;
  readonly subject: Subject;
  /** The message: the same work as a new delivery. */
  readonly toMessage: (delivery: Delivery) => object;
  /** The operation that callers poll; null: this kind of work has none. */
  readonly toOperation: ((delivery: Delivery) => Operation) | null;
}

/** Why a letter cannot be redriven: a clause without a full stop. */
export interface Obstacle {
  readonly obstacle: string;
  /** A deletion has taken its place: whoever redrives many letters passes it over. */
  readonly isSuperseded?: true;
}

export const superseded: Obstacle = {
  obstacle: 'the group was deleted here after its creation was queued; declare it with PUT',
  isSuperseded: true,
};

/** What redriving a letter that cannot be redriven comes to. */
export function refusalOf({ obstacle, isSuperseded }: Obstacle) {
  return { result: isSuperseded === true ? 'skipped' : 'refused', reason: obstacle } as const;
}

/**
 * A creation goes back as new work of the same age in the queue's order: attempts and give-up age begin anew, but a
 * deletion that came after it was first queued still does. `letterTime`: what the letter itself says of that, for a
 * message that does not.
 */
export function reviveCreation(reading: Reading<Creation>, letterTime: unknown): Revival | Obstacle {
  const error = reading.kind === 'unreadable' ? reading.problem : reading.refused;
  if (error !== null) return { obstacle: error.detail.replace(/\.$/, '') };
  if (reading.kind === 'unreadable') return { obstacle: 'it cannot be read' };
  const { content, envelope, subject } = reading;
  const { traceparent, tracestate } = envelope;
  const trace = traceparent === undefined ? newTrace() : readTraceContext(traceparent, tracestate);
  const saysWhen = isOwn(envelope) && !isFirst(envelope);
  const firstQueued = toText(readTime(saysWhen ? envelope.firstQueuedDateTime : letterTime));
  return {
    queue: queueNames.work,
    subject,
    // An earlier attempt may have created the group.
    toMessage: (delivery) => ({
      ...content,
      operationId: subject.operationId,
      ...toEnvelope({
        delivery,
        firstQueued,
        redriven: delivery.queuedAt,
        reason: 'queued',
        attempts: 0,
        uncertain: true,
        trace,
      }),
    }),
    toOperation: ({ queuedAt }) => {
      const facts = { status: 'notStarted', reason: 'queued', attempts: 0, queuedAt, at: queuedAt } as const;
      return toOperation({ ...content, ...facts });
    },
  };
}

/** A change goes back as its producer sent it: its sequence says whether it still counts. */
export function reviveChange(value: unknown, readChange: ReadChangeMessage): Revival | Obstacle {
  const reading = readChange(value);
  const error = reading.kind === 'unreadable' ? reading.problem : reading.refused;
  if (error !== null) return { obstacle: error.detail.replace(/\.$/, '') };
  if (reading.kind === 'unreadable') return { obstacle: 'it cannot be read' };
  const { content, subject } = reading;
  return { queue: queueNames.changes, subject, toMessage: () => content.message, toOperation: null };
}
