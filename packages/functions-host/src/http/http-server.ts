import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { errorStack } from '../error-text.ts';
import type { Log } from '../logger.ts';
import { createTraceContext } from '../trace-context.ts';
import { isGranted, type ReadGrantedLevel } from './access-keys.ts';
import type { AdminApi } from './admin-api.ts';
import { drainAfterAnswer } from './drain.ts';
import type { HttpInvocation, RunHttpInvocation } from './http-invocation.ts';
import { sendProblem } from './problem.ts';
import type { RequestLimiter } from './request-limiter.ts';
import { logWhenDone } from './request-log.ts';
import { flatHeaders, httpTriggerMetadata } from './request-metadata.ts';
import type { RouteMatch, Router } from './router.ts';

export interface HttpServerOptions {
  router: Router;
  serveAdmin: AdminApi;
  grantedLevel: ReadGrantedLevel;
  limiter: RequestLimiter;
  run: RunHttpInvocation;
  log: Log;
  /** How long a function may take to respond: Azure's load balancer gives up after 230 s. */
  answerTimeoutMs: number;
  /** Azure's limit is 100 MB; FUNCTIONS_REQUEST_BODY_SIZE_LIMIT lowers it. */
  maxBodyBytes: number;
}

export interface HttpHost {
  server: Server;
  /** Requests without a complete response. */
  active(): number;
}

/** Serves HTTP: finds the function, checks the key, runs it and writes one log line. */
export function createHttpServer(options: HttpServerOptions): HttpHost {
  const { router, serveAdmin, grantedLevel, log, maxBodyBytes } = options;
  let active = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    drainAfterAnswer(request, response);
    const url = requestUrl(request);
    if (url === undefined) return sendProblem(request, response, 400, 'The URL of the request is not valid.');
    if (await serveAdmin(request, response, url)) return;
    const match = router(request.method ?? 'GET', url.pathname);
    if (match === undefined) {
      return sendProblem(request, response, 404, 'No function answers this method and path.');
    }
    const invocation = prepare(request, url, match);
    logWhenDone(request, response, invocation, log);
    const { authLevel, disabled, target } = match.target;
    const granted = grantedLevel(request, url, target.metadata.name);
    if (!isGranted(authLevel, granted)) {
      return sendProblem(
        request,
        response,
        401,
        authLevel === 'admin'
          ? 'This function needs the master key as x-functions-key.'
          : 'The function key is missing or wrong: send it as x-functions-key.',
      );
    }
    // FunctionInvocationMiddleware.cs
    if (disabled && granted !== 'admin')
      return sendProblem(request, response, 404, 'The function is disabled.');
    if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) {
      return sendProblem(request, response, 413, `The body is longer than the host's ${maxBodyBytes} bytes.`);
    }
    await invokeMatched({ request, response, url, match, invocation }, options);
  }

  const server = createServer((request, response) => {
    active++;
    response.once('close', () => active--);
    // While the host stops, a connection closes with its response.
    if (!server.listening) response.shouldKeepAlive = false;
    serve(request, response).catch((error: unknown) => {
      log({ level: 'error', category: 'Host.Http', message: errorStack(error) });
      sendProblem(request, response, 500, 'The host failed on this request.');
    });
  });
  // Longer than a client is likely to keep an idle connection, so that none is closed during a request.
  server.keepAliveTimeout = 130_000;
  return { server, active: () => active };
}

async function invokeMatched(
  matched: Omit<HttpInvocation, 'signal'>,
  { limiter, run, log, answerTimeoutMs }: HttpServerOptions,
): Promise<void> {
  const { request, response, invocation } = matched;
  const release = await limiter.enter();
  if (release === undefined) {
    return sendProblem(request, response, 429, 'The host has reached maxOutstandingRequests.');
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('The caller has gone.')));
  const timer = setTimeout(() => {
    if (response.headersSent) return;
    sendProblem(request, response, 504, `The function did not answer within ${answerTimeoutMs / 1000} s.`);
    gone.abort(new Error('The time to answer is up.'));
  }, answerTimeoutMs);
  try {
    if (!response.destroyed) await run({ ...matched, signal: gone.signal });
  } catch (error) {
    if (error === gone.signal.reason) return;
    const { invocationId, target } = invocation;
    const functionName = target.metadata.name;
    const category = `Function.${functionName}`;
    log({ level: 'error', category, message: errorStack(error), functionName, invocationId });
    sendProblem(request, response, 500, 'The function failed; the host log says why.');
  } finally {
    clearTimeout(timer);
    release();
  }
}

function prepare(request: IncomingMessage, url: URL, match: RouteMatch): HttpInvocation['invocation'] {
  const headers = flatHeaders(request);
  return {
    target: match.target.target,
    invocationId: randomUUID(),
    triggerMetadata: httpTriggerMetadata(headers, url.searchParams, match.params),
    traceContext: createTraceContext(headers.traceparent, headers.tracestate),
  };
}

function requestUrl(request: IncomingMessage): URL | undefined {
  const host = request.headers.host ?? `localhost:${request.socket.localPort}`;
  const path = request.url ?? '/';
  return URL.parse(path.startsWith('/') ? `http://${host}${path}` : path) ?? undefined;
}
