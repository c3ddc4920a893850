import { connect } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.ts';

/** TLS in front of a server on this machine, as the platform has it in front of the app. */
interface TlsFront {
  readonly url: string;
  close(): Promise<void>;
}

/** Passes the decrypted bytes on to `target`, a port of 127.0.0.1. */
export async function startTlsFront({ cert, key }: Certificate, target: number, port = 0): Promise<TlsFront> {
  const open = new Set<TLSSocket>();
  const server = createServer({ cert, key, ALPNProtocols: ['http/1.1'] }, (client) => {
    const app = connect(target, '127.0.0.1');
    open.add(client);
    client.once('close', () => {
      open.delete(client);
      app.destroy();
    });
    app.once('close', () => client.destroy());
    for (const socket of [client, app]) socket.on('error', () => {});
    client.pipe(app).pipe(client);
  });
  // A client that does not trust the certificate.
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve());
  });
  const address = server.address();
  const listening = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `https://localhost:${listening}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const client of open) client.destroy();
      }),
  };
}
