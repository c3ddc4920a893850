import { Agent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { isHopByHop } from './hop-by-hop.ts';
import { flatHeaders } from './request-metadata.ts';

export interface Forwarded {
  /**
   * The function's response; rejects if the connection fails or was aborted. If the worker's server refuses the request
   * by itself, there is none: the library, and with it the function, never sees it.
   */
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
 * request's URL from the `x-forwarded-*` headers. Yarp, with which the host forwards, encodes the path of the decoded
 * request anew, and so the `%` of a `%2F` once more (RequestUtilities.MakeDestinationAddress of dotnet/yarp).
 */
export function createForwarder(httpUri: string): Forwarder {
  const { port } = new URL(httpUri);
  // The library says `localhost` and listens on every address: the literal one saves a name lookup per connection.
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1024, timeout: idleFor });
  const target = { host: '127.0.0.1', port, agent };

  return {
    close: () => target.agent.destroy(),
    forward(request, invocationId, host) {
      if (hasControlCharacter(request)) return refused(request);
      const outgoing = httpRequest({
        ...target,
        method: request.method ?? 'GET',
        path: encodeSlashesAgain(request.url ?? '/'),
        headers: forwardedHeaders(request, invocationId, host),
      });
      const answer = new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.once('response', (response) => {
          if (response.headers['x-ms-invocation-id'] === undefined) response.resume();
          else resolve(response);
        });
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

/** Node's server answers 400 to it; Node's client would not even send it. */
function hasControlCharacter({ rawHeaders }: IncomingMessage): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return rawHeaders.some((text) => /[\0-\x08\x0a-\x1f\x7f]/.test(text));
}

function refused(request: IncomingMessage): Forwarded {
  request.resume();
  return { answer: new Promise(() => {}), abort: () => {} };
}

function encodeSlashesAgain(target: string): string {
  const [path = '', ...query] = target.split('?');
  return [path.replace(/%(?=2f)/gi, '%25'), ...query].join('?');
}
