import type { IgnoreReason, PostponementReason } from '../groups/reasons.ts';
import type { ProblemCode } from '../problems/catalogue.ts';
import { childOf, type HostTraceContext, type TraceContext } from './trace-context.ts';

/** Writes one line for the operator. It contains no display name, description, token, key or signature. */
export type Log = (level: 'info' | 'warn' | 'error', line: string) => void;

export type EventName =
  | 'ExternalGroupCreated'
  | 'ExternalGroupUnchanged'
  | 'ExternalGroupConflict'
  | 'ExternalGroupDeferred'
  | 'ExternalGroupPostponed'
  | 'ExternalGroupDeadLettered'
  | 'ExternalGroupDeadLetterDiscarded'
  | 'ExternalGroupChanged'
  | 'ExternalGroupRepaired'
  | 'ExternalGroupNameReassigned'
  | 'ExternalGroupFailed';

/** The result of a change of a declared group. */
export const changeKinds = ['created', 'updated', 'deleted', 'members'] as const;
type ChangeKind = (typeof changeKinds)[number];

/** Everything an event may carry; `allow-list.ts` removes anything else, whatever a caller passes. */
export interface EventFields {
  readonly connectionId: string;
  readonly groupId: string;
  readonly source: 'http' | 'queue';
  readonly operationId: string;
  readonly attempts: number;
  readonly graphStatus?: number;
  readonly graphCode?: string;
  readonly graphRequestId?: string;
  /** If it is deferred or postponed. */
  readonly reason?: PostponementReason;
  /** Of a dead letter, of a declared group that has failed, and of one that waits. */
  readonly code?: ProblemCode;
  /** Of a discarded dead letter: why, in the operator's words. */
  readonly discardReason?: string;
  /** Of a declared group that waits: milliseconds since its first change that is not applied yet. */
  readonly age?: number;
  /** Of a declared group: the result, and how many members. */
  readonly change?: ChangeKind;
  readonly added?: number;
  readonly removed?: number;
  readonly failed?: number;
}

/** The metrics and the dimensions of each: few, and of few values. */
interface MetricDimensions {
  readonly 'externalGroups.create.duration': { readonly source: 'http' | 'queue'; readonly outcome: string };
  readonly 'externalGroups.queue.age': object;
  readonly 'externalGroups.queue.depth': { readonly queue: string };
  readonly 'externalGroups.graph.throttled': object;
  readonly 'externalGroups.deadLetters': { readonly code: string };
  readonly 'externalGroups.members.applied': object;
  readonly 'externalGroups.change.age': object;
  readonly 'externalGroups.changes.superseded': object;
  readonly 'externalGroups.sources.ignored': { readonly source: string; readonly reason: IgnoreReason };
  readonly 'externalGroups.groups': object;
  readonly 'externalGroups.groups.failed': { readonly connectionId: string };
}

export type MetricName = keyof MetricDimensions;

/** A call of Graph, measured from sending until its response has been read. */
export interface GraphCall {
  readonly method: string;
  readonly url: string;
}

interface GraphCallSpan {
  /** The trace context to send along. */
  readonly trace: TraceContext;
  /** Its duration ends here, if it is to be recorded only when it is known what follows from the response. */
  readonly stop: () => void;
  /** `status` null: no response. `isRepeated`: it was refused, and the call is made again with a fresh token. */
  readonly end: (status: number | null, isRepeated?: boolean) => void;
}

/** How the work on one message ended; `failed`: the host will deliver it again. */
export type WorkResult = 'done' | 'postponed' | 'dead-lettered' | 'failed';

interface WorkSpan {
  /** The trace context of all work that follows. */
  readonly trace: TraceContext;
  readonly end: (result: WorkResult) => void;
}

/** The only port for signals. No member throws, waits, or is awaited while a payload is processed. */
export interface Telemetry {
  readonly event: (name: EventName, fields: EventFields, trace: TraceContext) => void;
  readonly metric: <Name extends MetricName>(
    name: Name,
    value: number,
    dimensions: MetricDimensions[Name],
  ) => void;
  readonly graphCall: (call: GraphCall, parent: TraceContext) => GraphCallSpan;
  /** The work of a function on a message: part of the trace of `parent`, linked to the host's own invocation. */
  readonly queueWork: (
    parent: TraceContext,
    host: HostTraceContext | undefined,
    functionName: string,
  ) => WorkSpan;
  /** Sends what is held, within `milliseconds`. */
  readonly flush: (milliseconds: number) => Promise<void>;
}

/** For an app without Application Insights: traces are still passed on to Graph. */
export const silentTelemetry: Telemetry = {
  event: () => undefined,
  metric: () => undefined,
  graphCall: (_call, parent) => ({ trace: childOf(parent), stop: () => undefined, end: () => undefined }),
  queueWork: (parent) => ({ trace: childOf(parent), end: () => undefined }),
  flush: () => Promise.resolve(),
};
