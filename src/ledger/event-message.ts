import type { ValidateFunction } from 'ajv/dist/2020.js';
import { compileDeclaredSchema } from '../groups/compile-declared-schema.ts';
import type { FaultList } from '../groups/fault-list.ts';
import { toFaults } from '../groups/validation.ts';
import { type Envelope, envelopeProperties } from '../queue/envelope.ts';
import { maxMessageBytes } from '../storage/queues.ts';

/** What a dead letter has beside the event: its envelope, its error, and what redriving adds. */
const besides = 6 * 1024;
/** Bytes of JSON that a message with an event may have: its dead letter must hold the whole event. */
export const maxEventMessage = maxMessageBytes - besides;

/** A source's event as it came, still to be mapped. */
export interface EventMessage {
  readonly source: string;
  readonly event: unknown;
  readonly receivedDateTime?: string;
}

/** JSON Schema of a message that carries a source's event. */
export const eventMessageSchema = {
  type: 'object',
  title: 'Event of a source, queued',
  description: 'A message is this as JSON or base64-encoded JSON. The source maps the event to changes.',
  required: ['source', 'event'],
  additionalProperties: false,
  properties: {
    source: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,31}$', description: 'Name of the source.' },
    event: { description: 'The event as received.' },
    receivedDateTime: { type: 'string', maxLength: 40, description: 'When it was received, in UTC.' },
    ...envelopeProperties,
  },
} as const;

/** Whether a message carries a source's event. An event of CloudEvents has a `source` of its own. */
export function isEventMessage(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.hasOwn(value, 'source') &&
    !Object.hasOwn(value, 'specversion')
  );
}

/** Reads a message that carries an event; null: there are errors in `faults`. */
type ReadEventMessage = (value: unknown, faults: FaultList) => (EventMessage & Envelope) | null;

export function createEventMessageReader(): ReadEventMessage {
  let isMessage: ValidateFunction<EventMessage & Envelope> | undefined;
  return function readEventMessage(value, faults) {
    isMessage ??= compileDeclaredSchema<EventMessage & Envelope>(eventMessageSchema);
    if (isMessage(value)) return value;
    faults.add(toFaults('body', '', isMessage.errors));
    return null;
  };
}
