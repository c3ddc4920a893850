import type { PostponementReason } from '../groups/reasons.ts';
import { postponementReasons } from '../groups/reasons.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import type { Delivery } from './delivery.ts';

/** The version of the messages that this code writes. A later one is kept for the code that wrote it. */
const messageVersion = 1;

/** No message says more: a number that has grown to this stays. */
const maxAttempts = 1_000_000;

const dateTime = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,7})?Z$';

/**
 * JSON Schema of what the adapter's own messages carry in addition to their content, for all kinds of work. No member may
 * be named like a property of the trigger's metadata (`id`, `dequeueCount` …): the host overwrites those with the
 * message's (`Utility.ApplyBindingData` in the storage extension). `version` and `firstQueuedDateTime` mean the same in
 * every version.
 */
export const envelopeProperties = {
  version: { type: 'integer', minimum: 1, maximum: messageVersion, description: 'Of this schema.' },
  deliveryId: {
    type: 'string',
    pattern: '^[\\w-]{1,64}$',
    description: 'Identifies this acceptance of the work in all its attempts.',
  },
  reason: { type: 'string', enum: postponementReasons, description: 'Why the work is queued.' },
  attempts: { type: 'integer', minimum: 0, maximum: maxAttempts, description: 'Attempts made so far.' },
  uncertain: {
    type: 'boolean',
    description: 'The last attempt may have done the work: read before writing.',
  },
  announced: {
    type: 'boolean',
    description:
      'True: the event of its success was sent; only its record is missing. False: the first message of its work, which was queued when storage accepted it.',
  },
  firstQueuedDateTime: {
    type: 'string',
    pattern: dateTime,
    description: 'When the work was first queued, in UTC. Redriving does not change it.',
  },
  redrivenDateTime: {
    type: 'string',
    pattern: dateTime,
    description: 'When it was last redriven, in UTC. Its age counts from then.',
  },
  traceparent: { type: 'string', maxLength: 512, description: 'W3C trace context of the request.' },
  tracestate: { type: 'string', maxLength: 512 },
} as const;

/** The history that a message may carry; a producer leaves it out. */
export interface Envelope {
  readonly version?: number;
  readonly deliveryId?: string;
  readonly reason?: PostponementReason;
  readonly attempts?: number;
  readonly uncertain?: boolean;
  readonly announced?: boolean;
  readonly firstQueuedDateTime?: string;
  readonly redrivenDateTime?: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
}

interface EnvelopeFacts {
  readonly delivery: Pick<Delivery, 'id'>;
  /** ISO 8601; null if unknown. */
  readonly firstQueued: string | null;
  readonly redriven?: string | null;
  readonly reason: PostponementReason;
  readonly attempts: number;
  readonly uncertain: boolean;
  readonly announced?: boolean;
  /** It is the first message of its work: `firstQueued` is an estimate, the queue's own time will count. */
  readonly isFirst?: boolean;
  readonly trace: TraceContext;
}

/** The envelope of a message that the adapter sends. */
export function toEnvelope({
  delivery,
  firstQueued,
  redriven = null,
  reason,
  attempts,
  uncertain,
  announced = false,
  isFirst = false,
  trace,
}: EnvelopeFacts): Envelope {
  return {
    version: messageVersion,
    deliveryId: delivery.id,
    reason,
    attempts: Math.min(attempts, maxAttempts),
    uncertain,
    ...(announced || isFirst ? { announced } : {}),
    ...(firstQueued === null ? {} : { firstQueuedDateTime: firstQueued }),
    ...(redriven === null ? {} : { redrivenDateTime: redriven }),
    ...trace,
  };
}

/**
 * Whether the adapter wrote this envelope, which has all of these members. A producer's message has none of them, or a few
 * that say nothing: what is the adapter's own, no producer sets.
 */
export function isOwn(envelope: Envelope): boolean {
  const { version, deliveryId, reason, attempts, uncertain, firstQueuedDateTime, redrivenDateTime } =
    envelope;
  const times = [firstQueuedDateTime ?? redrivenDateTime];
  return [version, deliveryId, reason, attempts, uncertain, ...times].every((member) => member !== undefined);
}

/**
 * Whether an envelope of the adapter's own is of the first message of its work. No other message has `announced` as false:
 * a member of its own for this would be unknown to the releases before it, which would refuse the message.
 */
export function isFirst({ announced }: Envelope): boolean {
  return announced === false;
}

/** The version of a message if this code is too old for it; otherwise null. */
export function laterVersionOf(
  value: unknown,
): { readonly version: number; readonly firstQueuedDateTime: unknown } | null {
  if (typeof value !== 'object' || value === null) return null;
  const { version, firstQueuedDateTime }: Record<string, unknown> = { ...value };
  return Number.isInteger(version) && Number(version) > messageVersion
    ? { version: Number(version), firstQueuedDateTime }
    : null;
}
