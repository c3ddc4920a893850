import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AppSettings } from '../app-settings.ts';
import type { RegisteredFunction } from '../core-api.ts';
import type { FunctionSummary } from '../function-summary.ts';
import type { HostSettings } from '../host-json.ts';
import type { Invoker } from '../invoke.ts';
import type { Log } from '../logger.ts';
import type { ManualRun } from '../trigger-host.ts';
import { type AccessKeys, createKeyReader } from './access-keys.ts';
import { createAdminApi } from './admin-api.ts';
import { createBufferedRun } from './buffered.ts';
import { createForwarder } from './forwarder.ts';
import { createHttpServer } from './http-server.ts';
import { createRequestLimiter } from './request-limiter.ts';
import { createRouter, describeHttpFunction, type HttpFunction } from './router.ts';
import { createStreamingRun } from './streaming.ts';

export interface HttpOptions {
  functions: readonly RegisteredFunction[];
  settings: HostSettings;
  invoker: Invoker;
  log: Log;
  port: number;
  keys: AccessKeys;
  /** App settings, for functions that one of them disables. */
  appSettings: AppSettings;
  manualRuns: ReadonlyMap<string, ManualRun>;
  /** The worker's own server, if the app has enabled streaming. */
  httpUri: string | undefined;
  answerTimeoutMs: number;
  maxBodyBytes: number;
}

export interface Http {
  url: string;
  functions: FunctionSummary[];
  active(): number;
  /** Accepts no new connections. */
  refuse(): void;
  close(): void;
}

/** Opens the host's HTTP server on loopback for the functions that have an HTTP trigger. */
export async function startHttp(options: HttpOptions): Promise<Http> {
  const { settings, invoker, log, port, keys, httpUri, manualRuns } = options;
  const functions = options.functions
    .map((target) => describeHttpFunction(target, settings.routePrefix, options.appSettings))
    .filter((found): found is HttpFunction => found !== undefined);
  const grantedLevel = createKeyReader(keys);
  const forwarder = httpUri === undefined ? undefined : createForwarder(httpUri);
  const { server, active } = createHttpServer({
    router: createRouter(functions),
    serveAdmin: createAdminApi({ grantedLevel, manualRuns }),
    grantedLevel,
    limiter: createRequestLimiter(settings.maxConcurrentRequests, settings.maxOutstandingRequests),
    run:
      forwarder === undefined ? createBufferedRun(invoker, log) : createStreamingRun(invoker, forwarder, log),
    log,
    answerTimeoutMs: options.answerTimeoutMs,
    maxBodyBytes: options.maxBodyBytes,
    appSettings: options.appSettings,
  });
  const bound = await listen(server, port);
  return {
    url: `http://127.0.0.1:${bound}`,
    functions: functions.map(({ target, methods, route, authLevel, disabled }) => {
      const { name } = target.metadata;
      return {
        name,
        type: 'http',
        methods,
        route: `/${route}`,
        authLevel,
        ...(disabled ? { disabled: true } : {}),
      };
    }),
    active,
    refuse() {
      server.close();
      server.closeIdleConnections();
    },
    close() {
      server.closeAllConnections();
      forwarder?.close();
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  // A longer backlog than Node's 511, for bursts of callers.
  server.listen({ port, host: '127.0.0.1', backlog: 4096 });
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new Error(`Port ${port} is in use.`, { cause: error });
    }
    throw error;
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
