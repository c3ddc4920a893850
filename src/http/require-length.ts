import { AdapterError } from '../problems/adapter-error.ts';

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
