import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../logger.ts';
import type { HttpInvocation } from './http-invocation.ts';

/** One line for a request that reached a function, when its response has ended or its caller has disconnected. */
export function logWhenDone(
  request: IncomingMessage,
  response: ServerResponse,
  { target, invocationId }: HttpInvocation['invocation'],
  log: Log,
): void {
  const started = performance.now();
  response.once('close', () => {
    const functionName = target.metadata.name;
    const status = response.writableFinished ? String(response.statusCode) : 'caller gone';
    const ms = Math.round(performance.now() - started);
    // The path only: the query may contain the key.
    const path = (request.url ?? '/').replace(/\?.*$/s, '');
    const message = `${request.method} ${path} ${status} ${ms} ms`;
    log({ level: 'information', category: `Function.${functionName}`, message, functionName, invocationId });
  });
}
