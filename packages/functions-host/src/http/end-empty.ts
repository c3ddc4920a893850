import type { ServerResponse } from 'node:http';

/** A response that the host makes itself: like Azure's, it has a status and nothing else. */
export function endEmpty(response: ServerResponse, status: number): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-length': 0 }).end();
}
