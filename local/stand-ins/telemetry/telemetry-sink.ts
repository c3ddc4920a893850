import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Certificate } from '../../stack/certificate.ts';
import { listen } from '../../stack/listen.ts';
import { readBody } from '../../stack/read-body.ts';
import { createRing } from '../../watch/ring.ts';
import { findItemFault, type TelemetryItem } from './check-item.ts';
import { createRawBodies, type RawBody } from './raw-bodies.ts';
import { readItems } from './read-items.ts';

/** An injected fault of the intake. `times`: how many requests it hits. */
export type TelemetryFault = { readonly times?: number } & (
  | { readonly kind: 'hang' }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'refuse'; readonly status: number; readonly retryAfter?: string }
  | { readonly kind: 'reset' }
);

/** Totals since the start or the last reset. */
export interface TelemetryCounters {
  readonly requests: number;
  readonly itemsReceived: number;
  readonly itemsAccepted: number;
  /** Bytes of bodies as sent (compressed) and decompressed. */
  readonly bytesSent: number;
  readonly bytesUnpacked: number;
}

interface TelemetrySinkOptions {
  readonly tls: Certificate;
  readonly port?: number;
  /** How many accepted items are kept. */
  readonly capacity?: number;
  /** How many bytes of unpacked bodies are kept. */
  readonly rawBytes?: number;
}

export interface TelemetrySink {
  /** For `APPLICATIONINSIGHTS_CONNECTION_STRING`. */
  readonly connectionString: string;
  readonly port: number;
  items(): TelemetryItem[];
  /** Refusals, as sent to the sender. */
  refusals(): string[];
  rawBodies(): readonly RawBody[];
  /** The kept bodies, decompressed, that contain a text anywhere. */
  search(text: string): readonly RawBody[];
  counters(): TelemetryCounters;
  setFault(fault: TelemetryFault | undefined): void;
  reset(): void;
  close(): Promise<void>;
}

const unzip = promisify(gunzip);
const bodyLimit = 64 * 1024 * 1024;
const none = { requests: 0, itemsReceived: 0, itemsAccepted: 0, bytesSent: 0, bytesUnpacked: 0 };

/**
 * Starts a stand-in for the intake of Application Insights (`POST /v2.1/track`), over TLS because the exporter
 * sends nothing to a plain-http endpoint. Live metrics are answered "nobody is watching".
 */
export async function startTelemetrySink(options: TelemetrySinkOptions): Promise<TelemetrySink> {
  const instrumentationKey = randomUUID();
  const items = createRing<TelemetryItem>(options.capacity ?? 20_000);
  const refusals = createRing<string>(1_000);
  const raw = createRawBodies(options.rawBytes ?? 64 * 1024 * 1024);
  let counters = { ...none };
  let fault: TelemetryFault | undefined;
  let left = 0;

  function track(body: string, response: ServerResponse): void {
    const received = readItems(body);
    if (received === undefined) {
      send(response, 400, trackAnswer(0, [{ index: 0, message: '100: Invalid JSON' }]));
      return;
    }
    const now = Date.now();
    const errors = received.flatMap((item, index) => {
      const message = findItemFault(item, instrumentationKey, now);
      if (message === undefined) items.push(item as TelemetryItem);
      else refusals.push(message);
      return message === undefined ? [] : [{ index, message }];
    });
    counters.itemsReceived += received.length;
    counters.itemsAccepted += received.length - errors.length;
    const status = errors.length === 0 ? 200 : errors.length < received.length ? 206 : 400;
    send(response, status, trackAnswer(received.length, errors));
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const packed = await readBody(request, bodyLimit);
    if (packed === 'too-large') return send(response, 413, { message: 'The body is too large.' });
    const gzip = request.headers['content-encoding'] === 'gzip';
    const body = gzip ? await unzip(packed, { maxOutputLength: bodyLimit }).catch(() => undefined) : packed;
    counters.requests += 1;
    counters.bytesSent += packed.length;
    counters.bytesUnpacked += body?.length ?? 0;
    raw.push({ at: Date.now(), path, body: body ?? packed });

    const taken = left > 0 ? fault : undefined;
    left -= 1;
    if (taken?.kind === 'hang') return;
    if (taken?.kind === 'reset') return void response.destroy();
    if (taken?.kind === 'refuse') {
      if (taken.retryAfter !== undefined) response.setHeader('retry-after', taken.retryAfter);
      return send(response, taken.status, trackAnswer(0, []));
    }
    if (taken?.kind === 'slow') await delay(taken.ms, undefined, { ref: false });

    if (path.startsWith('/QuickPulseService.svc/')) {
      response.setHeader('x-ms-qps-subscribed', 'false');
      return send(response, 200, { ETag: '', Metrics: [], DocumentStreams: [] });
    }
    if (!/^\/v2(\.1)?\/track$/.test(path)) return send(response, 404, { message: 'Not found.' });
    if (request.method !== 'POST') return send(response, 405, { message: 'Only POST is supported.' });
    if (body === undefined)
      return send(response, 400, trackAnswer(0, [{ index: 0, message: '101: Invalid gzip data' }]));
    track(body.toString('utf8'), response);
  }

  const server = createServer({ cert: options.tls.cert, key: options.tls.key }, (request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const listening = await listen(server, options.port);
  const origin = `https://localhost:${listening.port}/`;
  const setFault = (next: TelemetryFault | undefined) => {
    fault = next;
    left = next?.times ?? Number.POSITIVE_INFINITY;
  };
  return {
    connectionString: `InstrumentationKey=${instrumentationKey};IngestionEndpoint=${origin};LiveEndpoint=${origin}`,
    port: listening.port,
    items: items.entries,
    refusals: refusals.entries,
    rawBodies: raw.all,
    search: raw.search,
    counters: () => ({ ...counters }),
    setFault,
    reset() {
      items.clear();
      refusals.clear();
      raw.clear();
      counters = { ...none };
      setFault(undefined);
    },
    close: listening.close,
  };
}

interface TrackError {
  readonly index: number;
  readonly message: string;
}

function trackAnswer(received: number, errors: readonly TrackError[]): object {
  return {
    itemsReceived: received,
    itemsAccepted: Math.max(0, received - errors.length),
    errors: errors.map((error) => ({ ...error, statusCode: 400 })),
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
