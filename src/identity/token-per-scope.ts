import { createTokenAcquisition, type IdentityOptions } from './acquire-token.ts';
import { createTokenSource, type GetToken, type TokenSource } from './tokens.ts';

/** Milliseconds that one request to the identity endpoint may take. */
const identityTimeout = 10_000;

/** One token source for each resource requested. */
export function createTokenPerScope(identity: IdentityOptions): GetToken {
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

  return async function getToken(scopes, { abortSignal } = {}) {
    const [scope = '', ...more] = [scopes].flat();
    if (more.length > 0) throw new Error('a managed identity gives tokens for one resource at a time');
    return sourceOf(scope).current(abortSignal ?? new AbortController().signal);
  };
}
