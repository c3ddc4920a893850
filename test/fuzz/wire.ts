import { connect } from 'node:net';
import type { HttpInput } from './requests.ts';

export interface WireAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A response; or the connection ended without one; or nothing at all. */
export type Heard = WireAnswer | 'closed' | 'silent';

/** Milliseconds: the longest the product may take is its limit for slow bodies, 10 s. */
const patience = 20_000;

/** Sends bytes as they are, without ending the connection, and reads until the other side closes it. */
export function speak(port: number, pieces: readonly (string | Buffer)[], within = patience): Promise<Heard> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1');
    const timer = setTimeout(() => end('silent'), within);
    const end = (otherwise: 'closed' | 'silent') => {
      clearTimeout(timer);
      socket.destroy();
      resolve(readResponse(Buffer.concat(chunks)) ?? otherwise);
    };
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('end', () => end('closed')).once('close', () => end('closed'));
    // A reset after an early response: what was read until then counts.
    socket.on('error', () => end('closed'));
    for (const piece of pieces)
      socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
  });
}

/** The bytes of a request, one per connection. */
export function toWire(input: HttpInput, key: string): (string | Buffer)[] {
  const { method, path, headers, body, chunked } = input;
  const lines = [
    `${method} ${Buffer.from(path, 'utf8').toString('latin1')} HTTP/1.1`,
    'host: 127.0.0.1',
    `x-functions-key: ${key}`,
    'connection: close',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    chunked ? 'transfer-encoding: chunked' : `content-length: ${body.length}`,
  ];
  const framed = chunked
    ? body.length === 0
      ? ['0\r\n\r\n']
      : [`${body.length.toString(16)}\r\n`, body, '\r\n0\r\n\r\n']
    : [body];
  return [`${lines.join('\r\n')}\r\n\r\n`, ...framed];
}

function readResponse(bytes: Buffer): WireAnswer | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
  const rest = bytes.subarray(end + 4);
  if (status === 100) return readResponse(rest);
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const body = headers.get('transfer-encoding') === 'chunked' ? unchunk(rest) : rest;
  return { status, headers, body: body.toString('utf8') };
}

function unchunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf('\r\n', at);
    const size = line < 0 ? 0 : Number.parseInt(bytes.subarray(at, line).toString('latin1'), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 4 + size;
  }
}
