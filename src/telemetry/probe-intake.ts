import type { AzureCredential } from '../identity/azure-credential.ts';
import { parseConnectionString } from '../settings/readers.ts';
import type { Fetch } from '../shared/fetch.ts';
import { parseJson, readBounded } from '../shared/read-bounded.ts';

/** The intake's response to one line. */
interface IntakeAnswer {
  readonly status: number;
  /** How many lines it accepted; null if it does not say. */
  readonly accepted: number | null;
}

/** Sends one line to Application Insights; rejects if there is no response. */
export type ProbeIntake = (signal: AbortSignal) => Promise<IntakeAnswer>;

interface ProbeIntakeOptions {
  readonly connectionString: string;
  /** Null: the connection string is enough. */
  readonly credential: AzureCredential | null;
  readonly now: () => number;
  readonly fetch: Fetch;
}

/** The exporter's token scope if the connection string names no audience. */
const defaultScope = 'https://monitor.azure.com//.default';
const maxAnswer = 64 * 1024;

/** The SDK would retry and report nothing: a single request, like the exporter's, shows the intake's response. */
export function createProbeIntake({
  connectionString,
  credential,
  now,
  fetch,
}: ProbeIntakeOptions): ProbeIntake {
  const pairs = parseConnectionString(connectionString);
  const endpoint = pairs?.get('ingestionendpoint') ?? 'https://dc.services.visualstudio.com';
  const scope = pairs?.get('aadaudience') ?? defaultScope;
  return async (signal) => {
    const token = await credential?.getToken(scope, { abortSignal: signal });
    const response = await fetch(`${endpoint.replace(/\/$/, '')}/v2.1/track`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token.token}` }),
      },
      body: JSON.stringify([line(pairs?.get('instrumentationkey') ?? '', now())]),
      signal,
    });
    const body = parseJson(await readBounded(response, maxAnswer));
    const accepted =
      typeof body === 'object' && body !== null && 'itemsAccepted' in body ? body.itemsAccepted : null;
    return { status: response.status, accepted: typeof accepted === 'number' ? accepted : null };
  };
}

function line(instrumentationKey: string, now: number): object {
  return {
    name: 'Microsoft.ApplicationInsights.Message',
    time: new Date(now).toISOString(),
    iKey: instrumentationKey,
    tags: { 'ai.cloud.role': 'external-groups-adapter' },
    data: {
      baseType: 'MessageData',
      baseData: { ver: 2, message: 'external-groups-adapter: diagnostics', severityLevel: 0 },
    },
  };
}
