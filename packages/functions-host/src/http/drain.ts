import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long the rest of a body may still arrive after the response; Kestrel, the real host's server, waits as long. */
const DRAIN_MS = 5_000;

/** After an early response (401, 413) the rest of the body may arrive for a while, then the connection is cut. */
export function drainAfterAnswer(request: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    if (request.complete) return;
    const timer = setTimeout(() => request.destroy(), DRAIN_MS).unref();
    request.once('close', () => clearTimeout(timer));
  });
}
