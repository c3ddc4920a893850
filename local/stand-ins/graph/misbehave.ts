import type { ServerResponse } from 'node:http';
import { type Answer, refusal } from './answer.ts';
import type { CallStatus } from './call-log.ts';
import type { GraphFault } from './faults.ts';
import { gzipBomb } from './gzip-bomb.ts';

/** What a fault may do with the request it hits. */
interface Misbehaviour {
  readonly response: ServerResponse;
  /** Does the real work, once, and returns the real response. */
  work(): Answer;
  send(answer: Answer): void;
  /** Records how the call ended if `send` does not end it. */
  end(status: CallStatus): void;
  /** Resolves true after `ms`, or false as soon as the caller has disconnected. */
  wait(ms: number): Promise<boolean>;
  /** Does the real work after `ms` milliseconds, even if the caller has disconnected. */
  workLater(ms: number): void;
}

/** Applies one fault to one request. */
export async function misbehave(fault: GraphFault, on: Misbehaviour): Promise<void> {
  const proper = fault.commit && fault.kind !== 'late' ? on.work() : undefined;
  switch (fault.kind) {
    case 'throttle': {
      const refused = refusal(429, 'TooManyRequests', 'Too many requests.', '429');
      return on.send(
        fault.retryAfter === undefined
          ? refused
          : { ...refused, headers: { 'retry-after': fault.retryAfter } },
      );
    }
    case 'status':
      return fail(fault, on);
    case 'hang':
      return on.end('hang');
    case 'slow': {
      if (!(await on.wait(fault.ms))) return on.end('left');
      return on.send(proper ?? on.work());
    }
    case 'reset':
      return reset(on);
    case 'late':
      on.workLater(fault.ms);
      if (fault.answer === 'reset') return reset(on);
      if (fault.answer === 'gateway-timeout') return fail({ kind: 'status', status: 504, body: 'html' }, on);
      return on.end('hang');
    case 'redirect':
      return on.send({ status: fault.status ?? 302, headers: { location: fault.location } });
    case 'gzip-bomb': {
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
      on.end(proper?.status ?? 200);
      return void on.response.writeHead(proper?.status ?? 200, headers).end(gzipBomb(fault.megabytes ?? 64));
    }
    case 'truncate': {
      const whole = JSON.stringify(proper?.body ?? { id: 'truncated' });
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(whole) };
      on.end(proper?.status ?? 200);
      on.response.writeHead(proper?.status ?? 200, headers);
      // The part must have been sent before the connection is cut, or the caller sees a plain reset.
      return void on.response.write(whole.slice(0, whole.length / 2), () => on.response.destroy());
    }
  }
}

function reset({ end, response }: Misbehaviour): void {
  end('reset');
  response.destroy();
}

const frontDoorPage =
  "<!DOCTYPE html><html><head><title>Service unavailable</title></head><body><h2>Our services aren't available right now</h2></body></html>";

function fail(fault: GraphFault & { readonly kind: 'status' }, on: Misbehaviour): void {
  const {
    status,
    body = 'odata',
    headers = {},
    code = defaultCode(status),
    message = 'The stand-in was configured to fail.',
  } = fault;
  if (body === 'odata') {
    const error = { code, message, innerCode: fault.innerCode, shape: fault.innerError };
    on.send({ status, error, headers });
    return;
  }
  const [type, content] = {
    html: ['text/html', frontDoorPage],
    empty: ['text/plain', ''],
    'broken-json': ['application/json', `{"error":{"code":"${code}","mess`],
    text: ['text/plain', message],
  }[body] as [string, string];
  on.end(status);
  on.response
    .writeHead(status, { ...(content === '' ? {} : { 'content-type': type }), ...headers })
    .end(content);
}

function defaultCode(status: number): string {
  if (status === 401) return 'InvalidAuthenticationToken';
  if (status === 403) return 'Forbidden';
  if (status === 404) return 'ResourceNotFound';
  if (status === 409) return 'NameAlreadyExists';
  if (status === 429) return 'TooManyRequests';
  if (status === 503) return 'ServiceUnavailable';
  if (status === 504) return 'GatewayTimeout';
  return status >= 500 ? 'GeneralException' : 'InvalidRequest';
}
