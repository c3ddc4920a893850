import { createTokenAcquisition, type IdentityOptions } from './acquire-token.ts';
import { type Abortion, createTokenSource, type IssuedToken, type TokenSource } from './tokens.ts';

/** What the Azure SDKs ask for tokens: the part of their `TokenCredential` that they use. */
export interface AzureCredential {
  readonly getToken: (
    scopes: string | string[],
    options?: { readonly abortSignal?: Abortion },
  ) => Promise<IssuedToken>;
}

/** Milliseconds that one request to the identity may take. */
const identityTimeout = 10_000;

/**
 * The identity that storage and telemetry are reached with. Like Graph's it keeps its tokens, lets all calls share one
 * request, and lets a caller go at its own deadline: the SDKs' own credential holds on to an endpoint that is silent.
 */
export function createAzureCredential(identity: IdentityOptions): AzureCredential {
  const sources = new Map<string, TokenSource>();

  function sourceOf(scope: string): TokenSource {
    let source = sources.get(scope);
    if (source === undefined) {
      source = createTokenSource({
        acquire: createTokenAcquisition(identity, scope),
        timeout: identityTimeout,
      });
      sources.set(scope, source);
    }
    return source;
  }

  return {
    getToken: (scopes, { abortSignal } = {}) => {
      const [scope = '', ...more] = [scopes].flat();
      if (more.length > 0) throw new Error('a managed identity gives tokens for one resource at a time');
      return sourceOf(scope).current(abortSignal ?? new AbortController().signal);
    },
  };
}
