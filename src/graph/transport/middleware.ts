import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import type { TokenSource } from '../../identity/tokens.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { readTraceContext } from '../../telemetry/trace-context.ts';
import { connectionOfPath } from '../group-url.ts';
import { CallFailure } from './call-failure.ts';
import type { PoolAnswer, SendRequest } from './connection-pool.ts';

export interface MiddlewareOptions {
  /** Origin of Graph. */
  readonly root: string;
  readonly tokens: TokenSource;
  readonly sendRequest: SendRequest;
  readonly graphCall: Telemetry['graphCall'];
}

/**
 * Our own chain, authorise then send, instead of the client's default: its RetryHandler sleeps in the process, its
 * AuthenticationHandler silently drops the token for a host it does not know, and its HTTPMessageHandler uses `fetch`,
 * which costs a create a third of its processor time.
 *
 * The token is sent to `root` and nowhere else, whatever the URL of a request. When Graph refuses it (401; a connector
 * permission that has just been granted can show as 403) the call is repeated once with another one, unless that has
 * recently not helped this connection.
 */
export function createMiddleware({ root, tokens, sendRequest, graphCall }: MiddlewareOptions): Middleware {
  const prefix = `${root}/`;

  /** Each request is one span, and Graph gets the span's own trace context. */
  async function send({ url, method, headers, body, signal }: Request, token: string): Promise<Sent> {
    if (signal.aborted) throw new CallFailure('deadline', signal.reason);
    const parent = readTraceContext(headers.traceparent ?? null, headers.tracestate ?? null);
    const span = graphCall({ method, url }, parent);
    try {
      const answer = await sendRequest({
        method,
        path: url.slice(root.length),
        headers: { ...headers, ...span.trace, authorization: `Bearer ${token}` },
        body,
        signal,
      });
      span.stop();
      return { answer, tell: (isRepeated) => span.end(answer.status, isRepeated) };
    } catch (thrown) {
      span.end(null);
      throw thrown;
    }
  }

  /** Null: the refusal stands. */
  async function tokenInsteadOf(token: string, { answer, tell }: Sent, request: Request, connection: string) {
    let other: string | null = null;
    try {
      other = isRefusal(answer)
        ? await anotherToken(tokens.insteadOf(token, connection, request.signal), answer.status)
        : null;
      return other;
    } finally {
      // A refusal that another token may mend is no failure yet: the alert on refusals does not count it.
      tell(other !== null);
    }
  }

  return {
    execute: async (context) => {
      const request = readRequest(context);
      if (!request.url.startsWith(prefix)) throw new CallFailure('token', new Error('not the root of Graph'));
      const { token } = await orFail(tokens.current(request.signal));
      const connection = connectionOfPath(request.url.slice(root.length));
      let sent = await send(request, token);
      const other = await tokenInsteadOf(token, sent, request, connection);
      if (other !== null) {
        sent = await send(request, other);
        sent.tell(false);
        if (isRefusal(sent.answer)) tokens.didNotHelp(connection);
      }
      // With the raw response type, a response is passed on unchanged (GraphResponseHandler.getResponse): it need not be a `Response`.
      Object.assign(context, { response: sent.answer });
    },
  };
}

function isRefusal({ status }: PoolAnswer): boolean {
  return status === 401 || status === 403;
}

interface Sent {
  readonly answer: PoolAnswer;
  /** Records the request; `isRepeated`: it is made again with another token. */
  readonly tell: (isRepeated: boolean) => void;
}

interface Request {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal;
}

function readRequest({ request, options }: Context): Request {
  const { method = 'GET', headers, body, signal } = options ?? {};
  return {
    url: typeof request === 'string' ? request : request.url,
    method,
    // The client always turns them into a plain object (GraphRequest.updateRequestOptions).
    headers: { ...(headers as Record<string, string>) },
    body: typeof body === 'string' ? body : null,
    signal: signal ?? AbortSignal.timeout(60_000),
  };
}

async function orFail<T>(token: Promise<T>): Promise<T> {
  try {
    return await token;
  } catch (cause) {
    throw new CallFailure('token', cause);
  }
}

/**
 * Null: the refusal stands. After a 403 that is also the case if no other token can be obtained: the identity was
 * accepted, and its permissions are decided elsewhere. A 401 is about the token itself.
 */
async function anotherToken(other: Promise<string | null>, status: number): Promise<string | null> {
  return status === 403 ? other.catch(() => null) : orFail(other);
}
