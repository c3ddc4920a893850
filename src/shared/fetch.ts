import { isLoopback } from './is-loopback.ts';
import { lazily } from './lazily.ts';

/** The request options that may be set. */
interface FetchOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** The part of a response that is read. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: { readonly get: (name: string) => string | null };
  readonly body: (AsyncIterable<Uint8Array> & { readonly cancel: () => Promise<void> }) | null;
}

export type Fetch = (url: string, options: FetchOptions) => Promise<FetchResponse>;

/**
 * `fetch` that follows no redirects and honours HTTPS_PROXY and NO_PROXY: Node's own ignores them, the Azure SDKs do
 * not. A host on this machine is never behind a proxy.
 */
export function createFetch(environment: Readonly<Record<string, string | undefined>>): Fetch {
  const httpsProxy = environment.HTTPS_PROXY || environment.https_proxy || '';
  const noProxy = environment.NO_PROXY || environment.no_proxy || '';
  const proxy = lazily(async () => {
    const { EnvHttpProxyAgent } = await import('undici');
    return new EnvHttpProxyAgent({ httpsProxy, noProxy });
  });
  return async (url, options) => {
    const init: RequestInit = { ...options, headers: { ...options.headers }, redirect: 'manual' };
    // Node’s fetch accepts a dispatcher of the package.
    if (httpsProxy !== '' && !isLoopback(new URL(url).hostname))
      Object.assign(init, { dispatcher: await proxy() });
    return fetch(url, init);
  };
}
