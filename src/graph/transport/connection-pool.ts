import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { CallFailure } from './call-failure.ts';

export interface PoolRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal | null;
}

/** A response, read to its end. */
export interface PoolAnswer {
  readonly status: number;
  readonly headers: { readonly get: (name: string) => string | null };
  /** Null if the body broke off, hung until the request was aborted, or is longer than any response of Graph. */
  readonly text: string | null;
}

/**
 * Rejects with a {@link CallFailure} if no response began: `connect` if nothing was sent, and `sent` if something may
 * have been.
 */
export type SendRequest = (request: PoolRequest) => Promise<PoolAnswer>;

export interface PoolOptions {
  /** Scheme, host and port of all requests. */
  readonly origin: string;
  /** Milliseconds without progress, in each of: connecting, the head of a response, between parts of its body. */
  readonly timeout: number;
  /** Uses the proxy in HTTPS_PROXY, honouring NO_PROXY. */
  readonly proxied: boolean;
}

/** Maximum number of connections: enough for four external connections at the concurrency Graph allows one application. */
const maxConnections = 100;
/** Milliseconds that an idle connection is kept: less than front ends and NAT gateways keep it. */
const keepAlive = 30_000;
/** Bytes. A group of 32 KiB with every character escaped is smaller; anything larger is not a response of Graph. */
const maxBody = 512 * 1024;

/**
 * Requests to one origin over persistent connections. Redirects are not followed, and no content coding is requested; a
 * response that has one anyway cannot be read. After a 503 new requests use new connections, as Graph's guidance asks
 * (learn.microsoft.com: Graph best practices); those in flight complete on the old ones.
 */
export function createConnectionPool({ origin, timeout, proxied }: PoolOptions): SendRequest {
  const open = (): Dispatcher => {
    const options = {
      connections: maxConnections,
      connect: { timeout: Math.min(timeout, 10_000) },
      headersTimeout: timeout,
      bodyTimeout: timeout,
      keepAliveTimeout: keepAlive,
      keepAliveMaxTimeout: keepAlive,
    };
    return proxied ? new EnvHttpProxyAgent(options) : new Pool(origin, options);
  };
  let current = open();

  return async function sendRequest(request) {
    const used = current;
    const answer = await dispatch(used, origin, request);
    if (answer.status === 503 && used === current) {
      current = open();
      used.close().catch(() => undefined);
    }
    return answer;
  };
}

/** The library's lowest-level interface: it reports whether a request was begun, and creates no stream for a small response. */
function dispatch(pool: Dispatcher, origin: string, request: PoolRequest): Promise<PoolAnswer> {
  const { method, path, headers, body, signal } = request;
  const { promise, resolve, reject } = Promise.withResolvers<PoolAnswer>();
  let controller: Dispatcher.DispatchController | null = null;
  let head: Omit<PoolAnswer, 'text'> | null = null;
  const chunks: Buffer[] = [];
  let bytes = 0;

  function end(cause: unknown, isWhole = false): void {
    signal?.removeEventListener('abort', abandon);
    if (head === null) reject(new CallFailure(controller === null ? 'connect' : 'sent', cause));
    else resolve({ ...head, text: isWhole ? Buffer.concat(chunks, bytes).toString('utf8') : null });
  }
  /** Also while the request waits for a connection: it is then not begun. */
  function abandon(): void {
    if (controller === null) end(signal?.reason);
    else controller.abort(asError(signal?.reason));
  }

  if (signal?.aborted) {
    end(signal.reason);
    return promise;
  }
  signal?.addEventListener('abort', abandon);
  pool.dispatch(
    { origin, method: method as Dispatcher.HttpMethod, path, headers, body },
    {
      onRequestStart: (begun) => {
        if (signal?.aborted) begun.abort(asError(signal.reason));
        else controller = begun;
      },
      onResponseStart: (_begun, status, received) => {
        if (status >= 200) head = { status, headers: { get: (name) => headerOf(received, name) } };
      },
      onResponseData: (begun, chunk) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > maxBody) begun.abort(new Error('the answer is too long'));
      },
      onResponseEnd: () => end(null, true),
      onResponseError: (_begun, error) => end(error),
    },
  );
  return promise;
}

function headerOf(headers: Readonly<Record<string, string | string[] | undefined>>, name: string) {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : (value ?? null);
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
