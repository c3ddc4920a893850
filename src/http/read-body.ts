import { maxGroupBytes } from '../groups/external-group.ts';
import { AdapterError } from '../problems/adapter-error.ts';
import type { IncomingRequest } from './request.ts';

/** Maximum bytes of a body that is one group. */
export const maxBody = maxGroupBytes;

/** Maximum bytes of a body that lists members: 50,000 of them take 3 MiB. */
export const maxMembersBody = 4 * 1024 * 1024;

/** Milliseconds that a body may take to arrive: a slow sender occupies an invocation. */
const bodyWithin = 10_000;

/**
 * The raw bytes of the body, counted as they arrive: `Content-Length` may be wrong or absent. Throws
 * `payload-too-large`, or `request-timeout` if they do not all arrive in time.
 */
export async function readBody(
  { headers, body }: Pick<IncomingRequest, 'headers' | 'body'>,
  { longest = maxBody, within = bodyWithin }: { longest?: number; within?: number } = {},
): Promise<Buffer> {
  if (body === null) return Buffer.alloc(0);
  if (Number(headers.get('content-length')) > longest) {
    discard(body);
    throw tooLarge(longest);
  }
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let isRead = false;
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => undefined);
  const timer = setTimeout(() => {
    late.reject(new AdapterError('request-timeout', `The body did not arrive within ${within / 1000} s.`));
  }, within);
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late.promise]);
      if (done) {
        isRead = true;
        return Buffer.concat(chunks, length);
      }
      length += value.byteLength;
      if (length > longest) throw tooLarge(longest);
      chunks.push(value);
    }
  } finally {
    clearTimeout(timer);
    reader.releaseLock();
    if (!isRead) discard(body);
  }
}

/**
 * Reads the rest of a body that is not wanted, for as long as a body may take. The host reuses its connection to the
 * worker (`httpProxy.ts` of the trigger library): anything left unread would block the next request.
 */
function discard(body: ReadableStream<Uint8Array>): void {
  const reader = body.getReader();
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), bodyWithin).unref();
  const readAll = async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read());
  };
  void readAll()
    .catch(() => undefined)
    .finally(() => clearTimeout(timer));
}

function tooLarge(longest: number): AdapterError {
  return new AdapterError('payload-too-large', `The body can have at most ${longest} bytes.`);
}

/** Throws `length-required` for a body that the Functions host drops. */
export type RequireLength = (headers: Headers) => void;

/**
 * Without `HTTP_STREAMING` the host hands over only bodies that have a `Content-Length`; any other arrives empty, and the
 * header that announced it is the only trace (azure-functions-nodejs-library#171).
 */
export function createLengthCheck({ httpStreaming }: { readonly httpStreaming: boolean }): RequireLength {
  return function requireLength(headers) {
    if (!httpStreaming && headers.has('transfer-encoding'))
      throw new AdapterError(
        'length-required',
        'The body was sent in chunks (Transfer-Encoding) without a Content-Length. This app receives such a body only if its setting HTTP_STREAMING is true. .NET’s PostAsJsonAsync sends one: call LoadIntoBufferAsync on the content first, or send a StringContent.',
      );
  };
}
