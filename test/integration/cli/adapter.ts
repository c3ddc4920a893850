import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

export interface AdapterAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

/** An HTTP server in place of the adapter that responds as a test says and records its requests. */
export interface Adapter {
  readonly url: string;
  readonly seen: Seen[];
  readonly answer: (answering: (seen: Seen, nth: number) => AdapterAnswer) => void;
  readonly close: () => Promise<void>;
}

export async function startAdapter(): Promise<Adapter> {
  const seen: Seen[] = [];
  let answering: (seen: Seen, nth: number) => AdapterAnswer = () => ({ status: 201 });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const one = {
      url: request.url ?? '',
      headers: request.headers,
      body: JSON.parse(Buffer.concat(chunks).toString()),
    };
    seen.push(one);
    const { status, headers = {}, body = '' } = answering(one, seen.length);
    response.writeHead(status, headers);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer: (next) => {
      answering = next;
      seen.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function problem(status: number, code: string, more: object = {}): AdapterAnswer {
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: { type: `urn:problem-type:${code}`, title: code, status, detail: `About ${code}.`, ...more },
  };
}
