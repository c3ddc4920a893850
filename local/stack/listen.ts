import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A listening server: its port on the loopback interface, and how to end it at once. */
export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Binds an HTTP(S) server to 127.0.0.1 only. Port 0 is any free port. `close` cuts every connection, including those kept
 * open on purpose, so that it never waits for a client.
 */
export async function listen(server: Server, port = 0): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  // Node closes an idle keep-alive connection after 5 s by default; a client that reuses it at that moment would see a
  // reset. Resets must come from injected faults only.
  server.keepAliveTimeout = 300_000;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
