import {
  type Context,
  context,
  createTraceState,
  diag,
  metrics,
  ProxyTracerProvider,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace as traces,
} from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { useAzureMonitor } from 'applicationinsights';
import { createDiagnostics } from './diagnostics.ts';
import { azureMonitorOptions, type IntakeOptions, setEnvironmentDefaults } from './intake-options.ts';
import type { Log } from './log.ts';
import { createMetricRecorder } from './metric-recorder.ts';
import type { Intake } from './pump.ts';
import type { EventSignal, SpanSignal } from './signal.ts';
import { spanIdOf, type TraceContext, traceIdOf } from './trace-context.ts';

const scope = 'external-groups-adapter';

/** The one file that knows the SDK; importing it loads the SDK. */
export async function connectApplicationInsights(options: IntakeOptions, log: Log): Promise<Intake> {
  setEnvironmentDefaults(process.env);
  useAzureMonitor(await azureMonitorOptions(options));
  const providers = takeProviders();
  // useAzureMonitor leaves the SDK without a voice: what it says of lost signals goes to our log.
  diag.setLogger(createDiagnostics(log), { suppressOverrideMessage: true });
  const tracer = providers.traces.getTracer(scope);
  const logger = providers.logs.getLogger(scope);
  const recordMetric = createMetricRecorder(providers.metrics.getMeter(scope));

  function recordEvent({ name, at, attributes, trace }: EventSignal): void {
    logger.emit({
      timestamp: toHrTime(at),
      context: contextOf(trace),
      // The name that makes a log record a custom event; `trackEvent` would take neither a time nor a context.
      attributes: { ...attributes, 'microsoft.custom_event.name': name },
    });
  }

  function recordSpan(signal: SpanSignal): void {
    const { role, name, trace, parent, link, startedAt, endedAt, success, attributes } = signal;
    const span = tracer.startSpan(
      name,
      {
        // The work on a message is INTERNAL on purpose. A CONSUMER span would be stored as a request, beside the
        // request that the host stores for the same invocation: every message would count twice.
        kind: role === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
        startTime: toHrTime(startedAt),
        attributes,
        links: link === null ? [] : [{ context: spanContextOf(link) }],
      },
      contextOf(parent),
    );
    // Graph and the events know the span by the id that it got when it began, before there was an SDK to ask.
    span.spanContext().spanId = spanIdOf(trace);
    span.setStatus({ code: success ? SpanStatusCode.OK : SpanStatusCode.ERROR });
    span.end(toHrTime(endedAt));
  }

  return {
    record: (signal) => {
      try {
        if (signal.kind === 'event') recordEvent(signal);
        else if (signal.kind === 'span') recordSpan(signal);
        else recordMetric(signal);
      } catch (thrown) {
        diag.error(thrown instanceof Error ? thrown.name : 'a signal could not be recorded');
      }
    },
    send: async (what) => {
      await Promise.allSettled([
        flush(providers.traces),
        flush(providers.logs),
        what.metrics ? flush(providers.metrics) : undefined,
      ]);
    },
  };
}

/**
 * Takes the SDK's providers out of the global places where libraries look for them: only this room's signals are sent,
 * and no library that knows OpenTelemetry, such as the Azure SDKs, adds its own.
 */
function takeProviders() {
  const provider = traces.getTracerProvider();
  const taken = {
    traces: provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider,
    logs: logs.getLoggerProvider(),
    metrics: metrics.getMeterProvider(),
  };
  for (const api of [traces, logs, metrics, propagation, context]) api.disable();
  return taken;
}

/** The providers' interface has no flush; the SDK's have. */
async function flush(provider: object): Promise<void> {
  if ('forceFlush' in provider && typeof provider.forceFlush === 'function') await provider.forceFlush();
}

function contextOf(trace: TraceContext): Context {
  return traces.setSpanContext(ROOT_CONTEXT, spanContextOf(trace));
}

function spanContextOf(trace: TraceContext) {
  return {
    traceId: traceIdOf(trace),
    spanId: spanIdOf(trace),
    // Everything is kept, whatever the caller's sampling says.
    traceFlags: 1,
    isRemote: true,
    ...(trace.tracestate === undefined ? {} : { traceState: createTraceState(trace.tracestate) }),
  };
}

/** Seconds and nanoseconds: a plain number below the process's start would be taken for a time since then. */
function toHrTime(milliseconds: number): [number, number] {
  const seconds = Math.trunc(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)];
}
