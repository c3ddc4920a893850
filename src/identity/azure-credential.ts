import { lazily } from '../shared/lazily.ts';
import type { IdentityOptions } from './acquire-token.ts';
import type { GetToken } from './tokens.ts';

/** What the Azure SDKs ask for tokens: the part of their `TokenCredential` that they use. */
export interface AzureCredential {
  readonly getToken: GetToken;
}

/**
 * The identity that storage and telemetry are reached with. Like Graph's it keeps its tokens, lets all calls share one
 * request, and lets a caller go at its own deadline: the SDKs' own credential holds on to an endpoint that is silent.
 * What it takes loads when a token is first needed.
 */
export function createAzureCredential(identity: IdentityOptions): AzureCredential {
  const tokenPerScope = lazily(async () =>
    (await import('./token-per-scope.ts')).createTokenPerScope(identity),
  );
  return { getToken: async (scopes, options) => (await tokenPerScope())(scopes, options) };
}
