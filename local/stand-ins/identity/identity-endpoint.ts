import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { listen } from '../../stack/listen.ts';
import type { TokenIssuer } from './token-issuer.ts';

/** An injected fault of the identity endpoint. `times`: how many calls it hits; absent: until changed. */
export type IdentityFault = { readonly times?: number } & (
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  | { readonly kind: 'hang' }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'reset' }
);

export interface IdentityEndpoint {
  /** Goes into the environment variable `IDENTITY_ENDPOINT`. */
  readonly url: string;
  /** Goes into `IDENTITY_HEADER`: the secret that every call must repeat. */
  readonly header: string;
  readonly port: number;
  /** Calls of any kind, and those that got a token. */
  counts(): { readonly calls: number; readonly issued: number; readonly refused: number };
  setFault(fault: IdentityFault | undefined): void;
  reset(): void;
  close(): Promise<void>;
}

interface IdentityEndpointOptions {
  readonly tokens: TokenIssuer;
  readonly port?: number;
}

/**
 * The token service that App Service offers inside an app for its managed identity: a GET with `resource`,
 * `api-version` 2019-08-01 and the secret header `X-IDENTITY-HEADER`; a user-assigned identity is named by
 * `client_id`. Format: https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export async function startIdentityEndpoint({
  tokens,
  port = 0,
}: IdentityEndpointOptions): Promise<IdentityEndpoint> {
  const header = randomUUID();
  let counts = { calls: 0, issued: 0, refused: 0 };
  let fault: IdentityFault | undefined;
  let left = 0;

  function takeFault(): IdentityFault | undefined {
    if (fault === undefined || left <= 0) return undefined;
    left -= 1;
    return fault;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    counts.calls += 1;
    const url = new URL(request.url ?? '/', 'http://localhost');
    const refuse = (status: number, message: string) => {
      counts.refused += 1;
      send(response, status, { statusCode: status, message, correlationId: randomUUID() });
    };
    if (url.pathname !== '/msi/token') return refuse(404, 'Not found.');
    if (request.method !== 'GET') return refuse(405, 'Only GET is supported.');
    if (request.headers['x-identity-header'] !== header)
      return refuse(401, 'X-IDENTITY-HEADER is missing or wrong.');
    if (url.searchParams.get('api-version') !== '2019-08-01') return refuse(400, 'Unsupported api-version.');
    const resource = url.searchParams.get('resource');
    if (resource === null || resource === '') return refuse(400, 'The query parameter resource is missing.');

    const taken = takeFault();
    if (taken?.kind === 'hang') return;
    if (taken?.kind === 'reset') return void request.socket.destroy();
    if (taken?.kind === 'empty') return void response.writeHead(200, { 'content-length': 0 }).end();
    if (taken?.kind === 'garbage')
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>no token here');
    if (taken?.kind === 'status') {
      if (taken.retryAfter !== undefined) response.setHeader('retry-after', taken.retryAfter);
      return refuse(taken.status, 'The identity endpoint was configured to fail.');
    }
    if (taken?.kind === 'slow') await delay(taken.ms, undefined, { ref: false });

    const { token, clientId, expiresOn } = tokens.issue(
      resource,
      url.searchParams.get('client_id') ?? undefined,
    );
    counts.issued += 1;
    send(response, 200, {
      access_token: token,
      expires_on: String(expiresOn),
      resource,
      token_type: 'Bearer',
      client_id: clientId,
    });
  }

  const server = createServer((request, response) => {
    request.resume();
    answer(request, response).catch(() => response.destroy());
  });
  const listening = await listen(server, port);
  const setFault = (next: IdentityFault | undefined) => {
    fault = next;
    left = next?.times ?? Number.POSITIVE_INFINITY;
  };
  return {
    url: `http://127.0.0.1:${listening.port}/msi/token`,
    header,
    port: listening.port,
    counts: () => ({ ...counts }),
    setFault,
    reset() {
      counts = { calls: 0, issued: 0, refused: 0 };
      setFault(undefined);
    },
    close: listening.close,
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
