import type { EventName, MetricName } from './telemetry.ts';
import type { TraceContext } from './trace-context.ts';

/**
 * A signal to be sent, as plain data: recording it costs a call almost nothing, and the SDK that sends it can be loaded
 * later. Times in milliseconds since 1970, taken when it happened.
 */
export type Signal = EventSignal | MetricSignal | SpanSignal;

export type Attributes = Readonly<Record<string, string | number>>;

export interface EventSignal {
  readonly kind: 'event';
  readonly name: EventName;
  readonly at: number;
  readonly attributes: Attributes;
  /** The span that it belongs to. */
  readonly trace: TraceContext;
}

export interface MetricSignal {
  readonly kind: 'metric';
  readonly name: MetricName;
  readonly value: number;
  readonly attributes: Attributes;
}

export interface SpanSignal {
  readonly kind: 'span';
  /** `client`: a call of another service; `internal`: work of this one. */
  readonly role: 'client' | 'internal';
  readonly name: string;
  readonly trace: TraceContext;
  readonly parent: TraceContext;
  /** A related trace. */
  readonly link: TraceContext | null;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly success: boolean;
  readonly attributes: Attributes;
}
