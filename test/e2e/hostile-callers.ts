import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

const health = (...headers: readonly string[]) =>
  Buffer.from(
    `${['GET /api/health HTTP/1.1', 'host: x', 'connection: close', ...headers].join('\r\n')}\r\n\r\n`,
    'latin1',
  );

/**
 * What needs no key and makes an invocation hang where the host forwards requests as streams: callers who leave at once,
 * headers that Node's server finds too long, a control character in one. Resolves with the statuses of the latter two.
 */
export async function callHostilely(port: number) {
  await Promise.all(Array.from({ length: 100 }, () => leave(port)));
  const [longHeaders, controlCharacter] = await Promise.all([
    statusOf(port, health(`x-long: ${'a'.repeat(31_000)}`)),
    statusOf(port, health('x-control: a\x01b')),
  ]);
  return { longHeaders, controlCharacter };
}

async function leave(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await new Promise((resolve) => socket.write(health(), resolve));
  socket.destroy();
}

async function statusOf(port: number, request: Buffer): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  socket.write(request);
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(await text(socket))?.[1]);
}
