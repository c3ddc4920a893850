import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { CallFailure } from './call-failure.ts';

export interface PoolRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal | null;
}

/** An answer, read to its end. */
export interface PoolAnswer {
  readonly status: number;
  readonly headers: { readonly get: (name: string) => string | null };
  /** Null where the body broke off, hung until the request was given up, or is longer than any answer of Graph. */
  readonly text: string | null;
}

/**
 * Rejects with a {@link CallFailure} where no answer began: `connect` where nothing was sent, and `sent` where it may
 * have been.
 */
export type SendRequest = (request: PoolRequest) => Promise<PoolAnswer>;

export interface PoolOptions {
  /** Scheme, host and port of all requests. */
  readonly origin: string;
  /** Milliseconds without a sign of life, in each of: connecting, the head of an answer, between parts of its body. */
  readonly timeout: number;
  /** Through the proxy that HTTPS_PROXY and NO_PROXY name. */
  readonly proxied: boolean;
}

/** Connections at the most: four connections' worth of what Graph lets one application do at a time. */
const maxConnections = 100;
/** Milliseconds that an idle connection is kept: below what front ends and NAT gateways keep it for. */
const keepAlive = 30_000;
/** Bytes. A group of 32 KiB with every character escaped stays below; what is larger is no answer of Graph. */
const maxBody = 512 * 1024;

/**
 * Requests to one origin over kept connections. No redirect is followed, and no content coding asked for: an answer that
 * comes in one all the same cannot be read. After a 503 new requests go over new connections, as Graph's guidance asks
 * (learn.microsoft.com: Graph best practices); those under way end where they are.
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

/** The library's lowest interface: it says whether a request was begun, and makes no stream of a small answer. */
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
  /** Also while the request waits for a connection: when its turn comes, it is not begun. */
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
