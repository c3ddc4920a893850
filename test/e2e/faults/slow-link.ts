import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

export interface SlowLink {
  readonly port: number;
  /** The port it forwards to. */
  readonly target: number;
  readonly close: () => Promise<void>;
}

/** A loopback port that forwards to `target`, delaying every part of the responses by `ms`. */
export async function startSlowLink(target: number, ms: number): Promise<SlowLink> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    return socket;
  };
  const server = createServer((near) => {
    const far = keep(connect(target, '127.0.0.1'));
    keep(near).pipe(far);
    far.pipe(late(ms)).pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    target,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function late(ms: number): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      setTimeout(() => done(null, chunk), ms);
    },
  });
}
