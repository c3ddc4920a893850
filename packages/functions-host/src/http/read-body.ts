import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** Kestrel's MinRequestBodyDataRate (KestrelServerLimits.cs of dotnet/aspnetcore). */
const bytesPerSecond = 240;
const graceSeconds = 5;

/**
 * The whole body, as the host reads it before it calls the worker without `enableHttpStream`. Rejects if it breaks off,
 * or comes too slowly: counted in ticks of a second, as Kestrel does, so that a busy process accuses nobody.
 */
export async function readBody(request: IncomingMessage, response: ServerResponse): Promise<Buffer> {
  const tooSlow = Promise.withResolvers<never>();
  let seconds = 0;
  let bytes = 0;
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
  };
  request.on('data', count);
  const timer = setInterval(() => {
    seconds += 1;
    if (seconds < graceSeconds || bytes >= bytesPerSecond * seconds) return;
    response.shouldKeepAlive = false;
    tooSlow.reject(new Error('Reading the request body timed out due to data arriving too slowly.'));
  }, 1_000);
  const whole = buffer(request).catch((cause: unknown) => {
    throw new Error('Unexpected end of request content.', { cause });
  });
  // It may still break off after the timeout.
  whole.catch(() => {});
  try {
    return await Promise.race([whole, tooSlow.promise]);
  } finally {
    clearInterval(timer);
    request.off('data', count);
  }
}
