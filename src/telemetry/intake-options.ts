import type { useAzureMonitor } from 'applicationinsights';
import type { AzureCredential } from '../identity/azure-credential.ts';

type AzureMonitorOptions = NonNullable<Parameters<typeof useAzureMonitor>[0]>;

export interface IntakeOptions {
  readonly connectionString: string;
  /** For a resource that accepts Entra tokens only; null: the connection string is enough. */
  readonly credential: AzureCredential | null;
}

/** Milliseconds: for one request to the intake, and for all attempts including the pauses between them. */
const bounds = { request: 5_000, total: 10_000 } as const;

/** All off: the host sends requests and logs, the spans are our own, and the rest is not needed. */
const off = { enabled: false };

export async function azureMonitorOptions({
  connectionString,
  credential,
}: IntakeOptions): Promise<AzureMonitorOptions> {
  return {
    azureMonitorExporterOptions: {
      connectionString,
      // Signals on the instance's disk would stay there unread, even if the settings change.
      disableOfflineStorage: true,
      ...(credential === null ? {} : { credential }),
      retryOptions: { maxRetries: 3, retryDelayInMs: 500, maxRetryDelayInMs: 4_000 },
      // The exporter sets no time limit: each request to an intake that hangs would hold its batch forever.
      additionalPolicies: [
        {
          position: 'perCall',
          policy: {
            name: 'boundedIntake',
            sendRequest: (request, next) => {
              request.timeout = bounds.request;
              request.abortSignal = AbortSignal.timeout(bounds.total);
              return next(request);
            },
          },
        },
      ],
    },
    // The default sends about five traces a second and drops the rest of a burst; `samplingRatio` counts only at 0.
    tracesPerSecond: 0,
    samplingRatio: 1,
    enableLiveMetrics: false,
    enablePerformanceCounters: false,
    enableStandardMetrics: false,
    enableAutoCollectPerformance: false,
    // It would listen for uncaught exceptions and so change how the worker ends; the host reports them.
    enableAutoCollectExceptions: false,
    instrumentationOptions: {
      azureSdk: off,
      http: off,
      mongoDb: off,
      mySql: off,
      postgreSql: off,
      redis: off,
      redis4: off,
      bunyan: off,
      winston: off,
      console: off,
    },
  };
}

/** What only environment variables can disable; a value set by the operator stays. */
export function setEnvironmentDefaults(environment: NodeJS.ProcessEnv): void {
  // The SDK's statistics about itself go to Microsoft, not to the operator.
  environment.APPLICATION_INSIGHTS_NO_STATSBEAT ??= 'true';
  // One more metric with every batch, describing the machine.
  environment.APPLICATIONINSIGHTS_OPENTELEMETRY_RESOURCE_METRIC_DISABLED ??= 'true';
  // Otherwise the SDK looks for a configuration file in a folder that it assumes to be its own.
  environment.APPLICATIONINSIGHTS_CONFIGURATION_CONTENT ??= '{}';
  // The role's name: in Azure the app's, from WEBSITE_SITE_NAME, as the host gives it.
  environment.OTEL_SERVICE_NAME ??= environment.WEBSITE_SITE_NAME ?? 'external-groups-adapter';
}
