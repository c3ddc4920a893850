import type { PostponementReason } from '../groups/postponement-reason.ts';
import { postponementReasons } from '../groups/postponement-reason.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import type { Delivery } from './delivery.ts';

/** The version of the messages that this code writes. A later one is kept for the code that wrote it. */
export const messageVersion = 1;

const dateTime = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,7})?Z$';

/**
 * JSON Schema of what the adapter's own messages carry besides their content, whatever the kind of work. No member may
 * be named like a property of the trigger's metadata (`id`, `dequeueCount` …): the host overwrites those with the
 * message's (`Utility.ApplyBindingData` in the storage extension). `version` and `firstQueuedDateTime` mean the same in
 * every version.
 */
export const envelopeProperties = {
  version: { type: 'integer', minimum: 1, maximum: messageVersion, description: 'Of this schema.' },
  deliveryId: {
    type: 'string',
    pattern: '^[\\w-]{1,64}$',
    description: 'Names this acceptance of the work through all its attempts.',
  },
  reason: { type: 'string', enum: postponementReasons, description: 'Why the work is queued.' },
  attempts: { type: 'integer', minimum: 0, maximum: 1_000_000, description: 'Attempts made so far.' },
  uncertain: {
    type: 'boolean',
    description: 'The last attempt may have done the work: read before writing.',
  },
  announced: {
    type: 'boolean',
    description: 'Its success has been told as an event; only its record is missing.',
  },
  firstQueuedDateTime: { type: 'string', pattern: dateTime, description: 'When its age began, in UTC.' },
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
  readonly traceparent?: string;
  readonly tracestate?: string;
}

export interface EnvelopeFacts {
  readonly delivery: Delivery;
  readonly reason: PostponementReason;
  readonly attempts: number;
  readonly uncertain: boolean;
  readonly announced?: boolean;
  readonly trace: TraceContext;
}

/** The envelope of a message that the adapter sends. */
export function toEnvelope({
  delivery,
  reason,
  attempts,
  uncertain,
  announced,
  trace,
}: EnvelopeFacts): Envelope {
  return {
    version: messageVersion,
    deliveryId: delivery.id,
    reason,
    attempts,
    uncertain,
    ...(announced === true ? { announced } : {}),
    ...(delivery.queuedAt === '' ? {} : { firstQueuedDateTime: delivery.queuedAt }),
    ...trace,
  };
}

/** The version of a message if this code is too old for it; otherwise null. */
export function laterVersionOf(
  value: unknown,
): { readonly version: number; readonly firstQueuedDateTime: unknown } | null {
  if (typeof value !== 'object' || value === null) return null;
  const { version, firstQueuedDateTime }: Record<string, unknown> = { ...value };
  return Number.isSafeInteger(version) && Number(version) > messageVersion
    ? { version: Number(version), firstQueuedDateTime }
    : null;
}
