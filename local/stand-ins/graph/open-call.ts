import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { CallLog, GraphCall } from './call-log.ts';
import { operationOf } from './graph-operation.ts';
import { type GraphTarget, readTarget } from './graph-request.ts';
import { isJsonContentType } from './json-body.ts';

/**
 * Adds a request to the log; it counts as in flight to its connection until `leave`, or until its response is closed.
 * An answer leaves before its bytes are sent: its caller may send the next request at once, and a caller that keeps to
 * the limit would otherwise be found above it.
 */
type OpenCall = (
  request: IncomingMessage,
  response: ServerResponse,
) => { readonly call: GraphCall; readonly target: GraphTarget; readonly leave: () => void };

export function createOpenCall(log: CallLog): OpenCall {
  const inFlight = new Map<string, number>();
  const count = (lane: string, change: 1 | -1): number => {
    const now = (inFlight.get(lane) ?? 0) + change;
    if (now === 0) inFlight.delete(lane);
    else inFlight.set(lane, now);
    return now;
  };

  return (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const target = readTarget(path);
    const lane = target.connectionId?.toLowerCase() ?? '';
    const call = log.open({
      at: Date.now(),
      method: request.method ?? 'GET',
      path,
      host: request.headers.host ?? '',
      connectionId: target.connectionId,
      groupId: target.groupId,
      memberId: target.memberId,
      operation: operationOf(request.method ?? 'GET', target),
      status: 'pending',
      committed: false,
      tokenAccepted: false,
      contentTypeAccepted: hasProperContentType(request),
      requestId: randomUUID(),
      clientRequestId: header(request, 'client-request-id'),
      traceparent: header(request, 'traceparent'),
      tls: (request.socket as TLSSocket).getProtocol() ?? 'none',
      inFlight: count(lane, 1),
    });
    let isUnderWay = true;
    const leave = () => {
      if (isUnderWay) count(lane, -1);
      isUnderWay = false;
    };
    response.once('close', () => {
      leave();
      if (call.status === 'pending') log.close(call, 'left');
    });
    return { call, target, leave };
  };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** A request without a body needs no content type. */
function hasProperContentType({ method, headers }: IncomingMessage): boolean {
  const bodiless = method === 'GET' || method === 'DELETE';
  return (bodiless && headers['content-type'] === undefined) || isJsonContentType(headers['content-type']);
}
