import { Agent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { isHopByHop } from './hop-by-hop.ts';
import { flatHeaders } from './request-metadata.ts';

export interface Forwarded {
  /** The worker's response; rejects if the connection fails or was aborted. */
  answer: Promise<IncomingMessage>;
  /** Cuts the connection to the worker; a response that has not started then never will. */
  abort(reason: Error): void;
}

export interface Forwarder {
  forward(request: IncomingMessage, invocationId: string, host: string): Forwarded;
  close(): void;
}

/**
 * Milliseconds that an idle connection to the worker is kept. The worker's server closes idle ones after 5 s (Node's
 * `keepAliveTimeout`); a request sent at that moment would be lost.
 */
const idleFor = 2_000;

/**
 * Forwards requests to the HTTP server that `@azure/functions` opens in the worker when `enableHttpStream` is on
 * (httpProxy.ts), bodies streaming both ways. The library finds the invocation by `x-ms-invocation-id` and builds the
 * request's URL from the `x-forwarded-*` headers.
 */
export function createForwarder(httpUri: string): Forwarder {
  const { port } = new URL(httpUri);
  // The library says `localhost` and listens on every address: the literal one saves a name lookup per connection.
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1024, timeout: idleFor });
  const target = { host: '127.0.0.1', port, agent };

  return {
    close: () => target.agent.destroy(),
    forward(request, invocationId, host) {
      const outgoing = httpRequest({
        ...target,
        method: request.method ?? 'GET',
        path: request.url ?? '/',
        headers: forwardedHeaders(request, invocationId, host),
      });
      const answer = new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.once('response', resolve);
        // Kept for the lifetime of the request: an error after the response must not become an uncaught one.
        outgoing.on('error', reject);
      });
      // Not `pipeline`: it would destroy the caller's request, and with it the answer, when the worker answers early.
      request.pipe(outgoing);
      request.once('close', () => {
        if (!request.complete) outgoing.destroy();
      });
      return {
        answer,
        abort(reason) {
          request.unpipe(outgoing);
          request.resume();
          outgoing.destroy(reason);
        },
      };
    },
  };
}

function forwardedHeaders(request: IncomingMessage, invocationId: string, host: string): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(flatHeaders(request))) {
    // `expect` has been answered by this server already.
    if (!isHopByHop(name) && name !== 'expect') headers[name] = value;
  }
  if (request.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked';
  headers['x-ms-invocation-id'] = invocationId;
  headers['x-forwarded-host'] = host;
  headers['x-forwarded-proto'] = 'http';
  return headers;
}
