import { childOf, type TraceContext } from './trace-context.ts';

export type EventName =
  | 'ExternalGroupCreated'
  | 'ExternalGroupUnchanged'
  | 'ExternalGroupConflict'
  | 'ExternalGroupDeferred'
  | 'ExternalGroupPostponed'
  | 'ExternalGroupDeadLettered';

export type MetricName =
  | 'externalGroups.create.duration'
  | 'externalGroups.queue.age'
  | 'externalGroups.graph.throttled'
  | 'externalGroups.deadLetters';

/** All that an event may carry: an allow-list, so that no name, description or secret can slip in. */
export interface EventFields {
  readonly connectionId: string;
  readonly groupId: string;
  readonly source: 'http' | 'queue';
  readonly operationId: string;
  readonly attempts: number;
  readonly graphStatus?: number;
  readonly graphCode?: string;
  readonly graphRequestId?: string;
}

/** A call of Graph, measured from here until its answer is read. */
export interface GraphCall {
  readonly method: 'GET' | 'POST';
  readonly host: string;
  readonly path: string;
}

export interface GraphCallSpan {
  /** The trace context to send along. */
  readonly trace: TraceContext;
  /** `status` null: no answer came. */
  readonly end: (status: number | null) => void;
}

/** The one port through which signals leave. No member throws, waits, or is awaited on the path of a payload. */
export interface Telemetry {
  readonly event: (name: EventName, fields: EventFields, trace: TraceContext) => void;
  readonly metric: (name: MetricName, value: number, dimensions: Readonly<Record<string, string>>) => void;
  readonly graphCall: (call: GraphCall, parent: TraceContext) => GraphCallSpan;
  /** Sends what is held, within `milliseconds`. */
  readonly flush: (milliseconds: number) => Promise<void>;
}

/** For an app without Application Insights: traces go on to Graph all the same. */
export const silentTelemetry: Telemetry = {
  event: () => undefined,
  metric: () => undefined,
  graphCall: (_call, parent) => ({ trace: childOf(parent), end: () => undefined }),
  flush: () => Promise.resolve(),
};
