import { hostname } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AzureMonitorLogExporter, AzureMonitorTraceExporter } from '@azure/monitor-opentelemetry-exporter';
import { context, diag, metrics, propagation, trace as traces } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { useAzureMonitor } from 'applicationinsights';
import { azureMonitorOptions, type IntakeOptions, setEnvironmentDefaults } from './intake-options.ts';
import { createMetricRecorder } from './metric-recorder.ts';
import type { Intake } from './pump.ts';
import { resourceOf, toReadableLog, toReadableSpan } from './readable-signals.ts';
import { createSdkLog } from './sdk-log.ts';
import type { EventSignal, MetricSignal, Signal, SpanSignal } from './signal.ts';
import type { Log } from './telemetry.ts';

/**
 * Signals converted, serialised and sent at once. A request costs as much as the conversion of some twenty signals, so
 * fewer cost more; 60 block the event loop for about a millisecond, and more signals for longer.
 */
const portion = 60;

/** The only file that uses the SDK; importing it loads the SDK. */
export async function connectApplicationInsights(options: IntakeOptions, log: Log): Promise<Intake> {
  setEnvironmentDefaults(process.env);
  const monitorOptions = await azureMonitorOptions(options);
  useAzureMonitor(monitorOptions);
  const meterProvider = takeProviders();
  // useAzureMonitor disables the SDK's own log: what it says about lost signals goes to ours.
  diag.setLogger(createSdkLog(log), { suppressOverrideMessage: true });
  const recordMetric = createMetricRecorder(meterProvider.getMeter('external-groups-adapter'));
  const exporterOptions = monitorOptions.azureMonitorExporterOptions ?? {};
  const spanExporter = new AzureMonitorTraceExporter(exporterOptions);
  const logExporter = new AzureMonitorLogExporter(exporterOptions);
  const { OTEL_SERVICE_NAME = '', WEBSITE_INSTANCE_ID = hostname() } = process.env;
  const resource = resourceOf(OTEL_SERVICE_NAME, WEBSITE_INSTANCE_ID);
  let spans: SpanSignal[] = [];
  let events: EventSignal[] = [];

  async function sendPortions<T, R>(
    signals: readonly T[],
    convert: (signal: T) => R,
    exportAll: (converted: R[]) => Promise<void>,
  ): Promise<void> {
    const sent: Promise<void>[] = [];
    for (let at = 0; at < signals.length; at += portion) {
      guarded(() => sent.push(exportAll(signals.slice(at, at + portion).map(convert))));
      await nextTurn();
    }
    await Promise.allSettled(sent);
  }

  return {
    record: (signal: Signal) => {
      if (signal.kind === 'event') events.push(signal);
      else if (signal.kind === 'span') spans.push(signal);
      else guarded(() => recordMetric(signal satisfies MetricSignal));
    },
    send: async (what) => {
      const [someSpans, someEvents] = [spans, events];
      spans = [];
      events = [];
      const nothing = () => undefined;
      await sendPortions(
        someSpans,
        (signal) => toReadableSpan(signal, resource),
        (readable) => spanExporter.export(readable, nothing),
      );
      await sendPortions(
        someEvents,
        (signal) => toReadableLog(signal, resource),
        (readable) => logExporter.export(readable, nothing),
      );
      if (what.metrics) await flush(meterProvider).catch(nothing);
    },
  };
}

function guarded(record: () => void): void {
  try {
    record();
  } catch (thrown) {
    diag.error(thrown instanceof Error ? thrown.name : 'a signal could not be recorded');
  }
}

/**
 * Removes the SDK's providers from the globals where libraries look for them: only this app's signals are sent, and no
 * library that supports OpenTelemetry, such as the Azure SDKs, adds its own. Metrics go through the SDK's provider,
 * which aggregates them for a minute.
 */
function takeProviders() {
  const meterProvider = metrics.getMeterProvider();
  for (const api of [traces, logs, metrics, propagation, context]) api.disable();
  return meterProvider;
}

/** The provider's interface has no flush; the SDK's has. */
async function flush(provider: object): Promise<void> {
  if ('forceFlush' in provider && typeof provider.forceFlush === 'function') await provider.forceFlush();
}
