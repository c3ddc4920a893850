import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long the rest of a body may still arrive after the answer; Kestrel, the real host's server, waits as long. */
const DRAIN_MS = 5_000;

/** An early answer (401, 413) leaves a body behind: it may still come in for a while, then the connection is cut. */
export function drainAfterAnswer(request: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    if (request.complete) return;
    const timer = setTimeout(() => request.destroy(), DRAIN_MS).unref();
    request.once('close', () => clearTimeout(timer));
  });
}
