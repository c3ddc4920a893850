import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Passing {
  readonly method: string;
  readonly path: string;
}

/** `pass` on; `drop` the connection; `answer-lost`: storage does it, but the response is lost. */
export type Verdict = 'pass' | 'drop' | 'answer-lost';

export interface QueueProxy {
  /** The connection string with the queue endpoint replaced by this proxy. */
  readonly connectionString: string;
  /** Decides about every request from now on. */
  readonly judge: (verdict: (passing: Passing) => Verdict) => void;
  readonly close: () => Promise<void>;
}

/** Stands between a program and the queue service, so that a test sees its requests and can strike between two of them. */
export async function startQueueProxy(connectionString: string, queueUrl: string): Promise<QueueProxy> {
  const target = new URL(queueUrl);
  let verdict: (passing: Passing) => Verdict = () => 'pass';
  const server = createServer((incoming, answer) => {
    const { method = '', url: path = '', headers } = incoming;
    const judged = verdict({ method, path });
    if (judged === 'drop') return void incoming.destroy();
    const { hostname, port } = target;
    const outgoing = request({ hostname, port, method, path, headers }, (response) => {
      if (judged === 'answer-lost') return void incoming.destroy();
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', () => incoming.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    connectionString: connectionString.replace(queueUrl, queueUrl.replace(target.host, `127.0.0.1:${port}`)),
    judge: (next) => {
      verdict = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
