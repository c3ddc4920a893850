import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CountingProxy {
  /** The connection string with the table endpoint replaced by this proxy. */
  readonly connectionString: string;
  /** Requests since the last call. */
  readonly take: () => number;
  readonly close: () => Promise<void>;
}

/** Counts the requests to the tables: a signature covers the path, not the port, so storage does not notice. */
export async function startCountingProxy(connectionString: string): Promise<CountingProxy> {
  const endpoint = /TableEndpoint=([^;]+)/.exec(connectionString)?.[1] ?? '';
  const { hostname, port } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true });
  let count = 0;
  const server = createServer((incoming, answer) => {
    count += 1;
    const { method, url: path, headers } = incoming;
    const outgoing = request({ hostname, port, method, path, headers, agent }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', () => incoming.destroy());
    incoming.pipe(outgoing);
  });
  server.keepAliveTimeout = 130_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    connectionString: connectionString.replace(endpoint, endpoint.replace(`:${port}`, `:${own}`)),
    take: () => {
      const taken = count;
      count = 0;
      return taken;
    },
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
