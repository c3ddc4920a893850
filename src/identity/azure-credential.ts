import { lazily } from '../shared/lazily.ts';
import type { IdentityOptions } from './acquire-token.ts';
import type { GetToken } from './tokens.ts';

/** What the Azure SDKs need to get tokens: the part of their `TokenCredential` that they use. */
export interface AzureCredential {
  readonly getToken: GetToken;
}

/**
 * The identity used for storage and telemetry. As for Graph, it caches tokens, shares one request between concurrent
 * calls, and honours each caller's deadline: the SDKs' own credential waits for a silent endpoint. Its dependencies load
 * when a token is first needed.
 */
export function createAzureCredential(identity: IdentityOptions): AzureCredential {
  const tokenPerScope = lazily(async () =>
    (await import('./token-per-scope.ts')).createTokenPerScope(identity),
  );
  return { getToken: async (scopes, options) => (await tokenPerScope())(scopes, options) };
}
