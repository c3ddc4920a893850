import type { Creation } from '../../src/creations/message.ts';
import { type Operation, toOperation } from '../../src/creations/operations/operation.ts';
import { newTrace, readTraceContext } from '../../src/telemetry/trace-context.ts';
import type { Delivery } from '../../src/work/delivery.ts';
import { type Envelope, toEnvelope } from '../../src/work/envelope.ts';
import type { Reading } from '../../src/work/kind.ts';
import type { Subject } from '../../src/work/piece.ts';

/** Work that a dead letter can be put back as. */
export interface Revival {
  readonly content: Creation;
  readonly envelope: Envelope;
  readonly subject: Subject;
}

/** `obstacle`: a clause without its full stop. */
export function reviveCreation(reading: Reading<Creation>): Revival | { readonly obstacle: string } {
  const obstacle = reading.kind === 'unreadable' ? reading.error : reading.refused;
  if (obstacle !== null) return { obstacle: obstacle.detail.replace(/\.$/, '') };
  if (reading.kind === 'unreadable') return { obstacle: 'it cannot be read' };
  const { content, envelope, subject } = reading;
  return { content, envelope, subject };
}

/** The message: the same work as a new delivery; an earlier attempt may have created the group. */
export function toRedrivenMessage({ content, envelope, subject }: Revival, delivery: Delivery): object {
  const { traceparent, tracestate } = envelope;
  const trace = traceparent === undefined ? newTrace() : readTraceContext(traceparent, tracestate);
  return {
    ...content,
    operationId: subject.operationId,
    ...toEnvelope({ delivery, reason: 'queued', attempts: 0, uncertain: true, trace }),
  };
}

export function toRedrivenOperation({ content }: Revival, { queuedAt }: Delivery): Operation {
  const facts = { status: 'notStarted', reason: 'queued', attempts: 0, queuedAt, at: queuedAt } as const;
  return toOperation({ ...content, ...facts });
}
