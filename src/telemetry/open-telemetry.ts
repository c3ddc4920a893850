import { createAzureCredential } from '../identity/azure-credential.ts';
import type { Settings } from '../settings/settings.ts';
import { createTelemetry } from './create-telemetry.ts';
import type { Log } from './telemetry.ts';
import { silentTelemetry, type Telemetry } from './telemetry.ts';

/** Opens Application Insights if a connection string is set; without one, signals are discarded. */
export function openTelemetry({
  telemetry: connectionString,
  telemetryIdentity,
  graphCredential,
}: Pick<Settings, 'telemetry' | 'telemetryIdentity' | 'graphCredential'>): Telemetry {
  if (connectionString === null) return silentTelemetry;
  // Not an invocation's log: these messages belong to none.
  const log: Log = (level, line) => console[level](line);
  const credential =
    telemetryIdentity === null
      ? null
      : createAzureCredential({ kind: graphCredential, clientId: telemetryIdentity.clientId });
  const connect = async () => {
    const { connectApplicationInsights } = await import('./application-insights.ts');
    return connectApplicationInsights({ connectionString, credential }, log);
  };
  return createTelemetry({ connect, log });
}
