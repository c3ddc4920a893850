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
        'The body was sent in chunks (Transfer-Encoding) without a Content-Length, and such a body reaches this app only if its setting HTTP_STREAMING is true. .NET’s PostAsJsonAsync does this: call LoadIntoBufferAsync on the content before sending it, or send a StringContent.',
      );
  };
}
