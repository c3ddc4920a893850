import type { IncomingMessage, ServerResponse } from 'node:http';

/** Kestrel's MinRequestBodyDataRate (KestrelServerLimits.cs of dotnet/aspnetcore). */
const bytesPerSecond = 240;
const graceSeconds = 5;

/**
 * The whole body, as the host reads it before it calls the worker without `enableHttpStream`. Rejects if it breaks off,
 * or comes too slowly: counted in ticks of a second, as Kestrel does, so that a busy process accuses nobody.
 */
export function readBody(request: IncomingMessage, response: ServerResponse): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let seconds = 0;
  let bytes = 0;
  const timer = setInterval(() => {
    seconds += 1;
    if (seconds < graceSeconds || bytes >= bytesPerSecond * seconds) return;
    response.shouldKeepAlive = false;
    fail(new Error('Reading the request body timed out due to data arriving too slowly.'));
  }, 1_000);
  const fail = (error: Error): void => {
    clearInterval(timer);
    reject(error);
  };
  const breakOff = (cause?: unknown): void =>
    fail(new Error('Unexpected end of request content.', { cause }));
  // By its events: `buffer` of `node:stream/consumers` takes the bytes through a Blob, which a small request feels.
  request
    .on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
    })
    .once('end', () => {
      clearInterval(timer);
      resolve(Buffer.concat(chunks, bytes));
    })
    .on('error', breakOff)
    .once('close', () => {
      if (!request.readableEnded) breakOff();
    });
  // A caller may have left while the request waited for its turn.
  if (request.destroyed) breakOff();
  return promise;
}
