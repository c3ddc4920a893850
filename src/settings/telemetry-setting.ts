import { guid, parseConnectionString, parseUrl, type Read } from './readers.ts';

/** The identity used to send telemetry; `clientId` null: the system-assigned one. */
export interface TelemetryIdentity {
  readonly clientId: string | null;
}

/** Reads `APPLICATIONINSIGHTS_CONNECTION_STRING`. */
export function readTelemetryConnectionString(text: string): Read<string> {
  const pairs = parseConnectionString(text);
  const endpoint = pairs?.get('ingestionendpoint');
  const good =
    guid.test(pairs?.get('instrumentationkey') ?? '') &&
    (endpoint === undefined || parseUrl(endpoint)?.protocol === 'https:');
  return good
    ? { value: text }
    : { expected: 'InstrumentationKey=<GUID>;IngestionEndpoint=https://… as the portal shows it' };
}

/** Reads `APPLICATIONINSIGHTS_AUTHENTICATION_STRING`. */
export function readTelemetryIdentity(text: string): Read<TelemetryIdentity> {
  const pairs = parseConnectionString(text);
  const clientId = pairs?.get('clientid') ?? null;
  const good =
    pairs?.get('authorization')?.toLowerCase() === 'aad' && (clientId === null || guid.test(clientId));
  return good
    ? { value: { clientId } }
    : { expected: 'Authorization=AAD, or Authorization=AAD;ClientId=<GUID>' };
}
