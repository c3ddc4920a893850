import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';

const REQUEST_ID = /^[\w.-]{1,128}$/;

/**
 * A response that the host makes itself. Azure's host sends an empty body; on a laptop a small problem document
 * (RFC 9457) says what is wrong, so don't let an app's tests depend on this body.
 */
export function sendProblem(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  detail: string,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  const body = JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    // Without the query string: it may contain the key.
    instance: (request.url ?? '/').replace(/\?.*$/s, ''),
  });
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    'x-request-id': id,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
