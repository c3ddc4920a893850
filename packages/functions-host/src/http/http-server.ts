import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AppSettings } from '../app-settings.ts';
import { errorStack } from '../error-text.ts';
import type { Log } from '../logger.ts';
import { createTraceContext } from '../trace-context.ts';
import { isGranted, type ReadGrantedLevel } from './access-keys.ts';
import type { AdminApi } from './admin-api.ts';
import { drainAfterAnswer } from './drain.ts';
import { endEmpty } from './end-empty.ts';
import { serveHomepage } from './homepage.ts';
import type { HttpInvocation, RunHttpInvocation } from './http-invocation.ts';
import type { RequestLimiter } from './request-limiter.ts';
import { logWhenDone } from './request-log.ts';
import { flatHeaders, httpTriggerMetadata } from './request-metadata.ts';
import type { RouteMatch, Router } from './router.ts';
import { maxHeadBytes, refusalOf } from './server-limits.ts';

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
  appSettings: AppSettings;
}

export interface HttpHost {
  server: Server;
  /** Requests without a complete response. */
  active(): number;
}

/** Serves HTTP: finds the function, checks the key, runs it and writes one log line. */
export function createHttpServer(options: HttpServerOptions): HttpHost {
  const { router, serveAdmin, grantedLevel, log, appSettings } = options;
  let active = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    drainAfterAnswer(request, response);
    const refusal = refusalOf(request);
    const url = requestUrl(request);
    if (refusal !== undefined || url === undefined) {
      response.shouldKeepAlive = false;
      return endEmpty(response, refusal ?? 400);
    }
    if (await serveAdmin(request, response, url)) return;
    const match = router(request.method ?? 'GET', url.pathname);
    if (match === undefined)
      return url.pathname === '/' ? serveHomepage(response, appSettings) : endEmpty(response, 404);
    const invocation = prepare(request, url, match);
    logWhenDone(request, response, invocation, log);
    const { authLevel, disabled, target } = match.target;
    const granted = grantedLevel(request, url, target.metadata.name);
    if (!isGranted(authLevel, granted)) return endEmpty(response, 401);
    // FunctionInvocationMiddleware.cs
    if (disabled && granted !== 'admin') return endEmpty(response, 404);
    await invokeMatched({ request, response, url, match, invocation }, options);
  }

  const server = createServer(
    { insecureHTTPParser: true, maxHeaderSize: maxHeadBytes },
    (request, response) => {
      active++;
      response.once('close', () => active--);
      // While the host stops, a connection closes with its response.
      if (!server.listening) response.shouldKeepAlive = false;
      serve(request, response).catch((error: unknown) => {
        log({ level: 'error', category: 'Host.Http', message: errorStack(error) });
        endEmpty(response, 500);
      });
    },
  );
  // Longer than a client is likely to keep an idle connection, so that none is closed during a request.
  server.keepAliveTimeout = 130_000;
  return { server, active: () => active };
}

async function invokeMatched(
  matched: Omit<HttpInvocation, 'signal'>,
  { limiter, run, log, answerTimeoutMs, maxBodyBytes }: HttpServerOptions,
): Promise<void> {
  const { request, response, invocation } = matched;
  const release = await limiter.enter();
  if (release === undefined) return endEmpty(response, 429);
  const gone = new AbortController();
  const leave = (): void => gone.abort(new Error('The caller has gone.'));
  if (response.destroyed) leave();
  response.once('close', leave);
  // Kestrel knows no half-closed connections: a caller who ends its side has left, and is told nothing more.
  request.socket.once('end', leave);
  const timer = setTimeout(() => {
    if (response.headersSent) return;
    endEmpty(response, 504);
    gone.abort(new Error('The time to answer is up.'));
  }, answerTimeoutMs);
  try {
    // A URL of the request cannot be made without it (GrpcMessageConversionExtensions.ToRpcHttp); HTTP/1.1 asks for it.
    if (request.headers.host === undefined) throw new Error('The request has no Host header.');
    if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes)
      throw new Error(`Request body too large. The max request body size is ${maxBodyBytes} bytes.`);
    await run({ ...matched, signal: gone.signal });
  } catch (error) {
    if (error === gone.signal.reason) return;
    const { invocationId, target } = invocation;
    const functionName = target.metadata.name;
    const category = `Function.${functionName}`;
    log({ level: 'error', category, message: errorStack(error), functionName, invocationId });
    endEmpty(response, 500);
  } finally {
    clearTimeout(timer);
    response.off('close', leave);
    request.socket.off('end', leave);
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
