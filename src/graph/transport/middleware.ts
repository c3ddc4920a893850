import { type Context, GraphClientError, type Middleware } from '@microsoft/microsoft-graph-client';
import type { TokenSource } from '../../identity/tokens.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { readTraceContext } from '../../telemetry/trace-context.ts';

/** How far a call came before it failed: only what was `sent` may have had an effect. */
export type FailedStep = 'deadline' | 'token' | 'connect' | 'sent';

/**
 * The one error class that the Graph client passes on unchanged; every other loses its cause on the way
 * (microsoft-graph-client 3.0.7, GraphRequest.send).
 */
export class CallFailure extends GraphClientError {
  readonly step: FailedStep;
  override readonly cause: unknown;

  constructor(step: FailedStep, cause: unknown) {
    super(`the call of Graph failed (${step})`);
    Object.setPrototypeOf(this, CallFailure.prototype);
    this.step = step;
    this.cause = cause;
  }
}

/**
 * Our own chain, authorise then send, in place of the client's default: its RetryHandler sleeps in the process and
 * its AuthenticationHandler drops the token silently where it does not know the host.
 *
 * The token goes to `root` and nowhere else, whatever URL a request has been given. When Graph refuses it (401; a
 * connector permission that has just been granted can show as 403) the call is made once more with another one, unless
 * the one that it has is fresh already.
 */
export function createMiddleware(
  root: string,
  tokens: TokenSource,
  graphCall: Telemetry['graphCall'],
): Middleware[] {
  const send: Middleware = { execute: (context) => sendOnce(context, graphCall) };
  const authorise: Middleware = {
    execute: async (context) => {
      const url = typeof context.request === 'string' ? context.request : context.request.url;
      if (new URL(url).origin !== root) throw new CallFailure('token', new Error('not the root of Graph'));
      const signal = context.options?.signal ?? AbortSignal.timeout(60_000);
      const { token } = await orFail(tokens.current(signal));
      await send.execute(withToken(context, token));
      const { response } = context;
      if (response?.status !== 401 && response?.status !== 403) return;
      const other = await anotherToken(tokens, token, response.status, signal);
      if (other === null) return;
      await response.body?.cancel();
      await send.execute(withToken(context, other));
    },
    setNext: () => undefined,
  };
  return [authorise, send];
}

/** One request is one span, and the trace context that Graph is sent is the span's own. */
async function sendOnce(context: Context, graphCall: Telemetry['graphCall']): Promise<void> {
  const headers = new Headers(context.options?.headers);
  const { method = 'GET' } = context.options ?? {};
  const url = typeof context.request === 'string' ? context.request : context.request.url;
  const parent = readTraceContext(headers.get('traceparent'), headers.get('tracestate'));
  const span = graphCall({ method, url }, parent);
  for (const [name, value] of Object.entries(span.trace)) headers.set(name, value);
  let status: number | null = null;
  try {
    // A redirect is an answer like any other: following it would carry the token elsewhere.
    context.response = await fetch(context.request, { ...context.options, headers, redirect: 'manual' });
    status = context.response.status;
  } catch (cause) {
    throw new CallFailure(neverSent(cause) ? 'connect' : 'sent', cause);
  } finally {
    span.end(status);
  }
}

async function orFail<T>(token: Promise<T>): Promise<T> {
  try {
    return await token;
  } catch (cause) {
    throw new CallFailure('token', cause);
  }
}

/**
 * Null: the refusal stands. After a 403 that is also so where no other token can be had: the identity was good, and
 * what it may do is decided elsewhere. A 401 speaks of the token itself.
 */
async function anotherToken(
  tokens: TokenSource,
  rejected: string,
  status: 401 | 403,
  signal: AbortSignal,
): Promise<string | null> {
  const other = tokens.insteadOf(rejected, signal);
  return status === 403 ? other.catch(() => null) : orFail(other);
}

function withToken(context: Context, token: string): Context {
  const headers = new Headers(context.options?.headers);
  headers.set('authorization', `Bearer ${token}`);
  context.options = { ...context.options, headers };
  return context;
}

/** Failures before the first byte of the request left: names, connections, certificates. */
const beforeSending =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_\w+|CERT_\w+|UNABLE_TO_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)$/;

function neverSent(thrown: unknown): boolean {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return (
    cause instanceof Error &&
    'code' in cause &&
    typeof cause.code === 'string' &&
    beforeSending.test(cause.code)
  );
}
