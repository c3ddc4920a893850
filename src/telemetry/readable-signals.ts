import type {
  AzureMonitorLogExporter,
  AzureMonitorTraceExporter,
} from '@azure/monitor-opentelemetry-exporter';
import { createTraceState, type SpanContext, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { EventSignal, SpanSignal } from './signal.ts';
import { spanIdOf, type TraceContext, traceIdOf } from './trace-context.ts';

type ReadableSpan = Parameters<AzureMonitorTraceExporter['export']>[0][number];
type ReadableLog = Parameters<AzureMonitorLogExporter['export']>[0][number];
export type Resource = ReadableSpan['resource'];

const instrumentationScope = { name: 'external-groups-adapter' };

/** The sender, named as in the host's own telemetry, so that both are one app in the portal. */
export function resourceOf(role: string, instance: string): Resource {
  const resource: Resource = {
    attributes: { 'service.name': role, 'service.instance.id': instance },
    getRawAttributes: () => [],
    merge: () => resource,
  };
  return resource;
}

/**
 * A span as the exporter reads it, without the SDK's tracer, processor and batch, which would take half of a span's
 * processor time.
 */
export function toReadableSpan(signal: SpanSignal, resource: Resource): ReadableSpan {
  const { role, name, trace, parent, link, startedAt, endedAt, success, attributes } = signal;
  const context = spanContextOf(trace);
  return {
    name,
    // The work on a message is INTERNAL on purpose. A CONSUMER span would be stored as a request, beside the
    // request that the host stores for the same invocation: every message would count twice.
    kind: role === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
    spanContext: () => context,
    parentSpanContext: spanContextOf(parent),
    startTime: toHrTime(startedAt),
    endTime: toHrTime(endedAt),
    duration: toHrTime(endedAt - startedAt),
    status: { code: success ? SpanStatusCode.OK : SpanStatusCode.ERROR },
    attributes,
    links: link === null ? [] : [{ context: spanContextOf(link) }],
    events: [],
    ended: true,
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** A custom event as the exporter reads it: a log record with an attribute that names it (logUtils.js). */
export function toReadableLog({ name, at, attributes, trace }: EventSignal, resource: Resource): ReadableLog {
  const hrTime = toHrTime(at);
  return {
    hrTime,
    hrTimeObserved: hrTime,
    spanContext: spanContextOf(trace),
    attributes: { ...attributes, 'microsoft.custom_event.name': name },
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
  };
}

function spanContextOf(trace: TraceContext): SpanContext {
  return {
    traceId: traceIdOf(trace),
    spanId: spanIdOf(trace),
    // Everything is kept, whatever the caller's sampling decision.
    traceFlags: 1,
    isRemote: true,
    ...(trace.tracestate === undefined ? {} : { traceState: createTraceState(trace.tracestate) }),
  };
}

/** Seconds and nanoseconds, OpenTelemetry's form of a time. */
function toHrTime(milliseconds: number): [number, number] {
  const seconds = Math.trunc(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)];
}
