import type { GraphStatus } from '../../groups/graph-answer.ts';
import type { FetchResponse } from '../../shared/fetch.ts';
import { parseJson, readBounded } from '../../shared/read-bounded.ts';
import { readRetryAfter } from './retry-after.ts';

/** A response of Graph, read once: `body` is undefined if it is not JSON, whatever the content type says. */
export interface GraphResponse {
  readonly status: number;
  readonly body: unknown;
  readonly graph: GraphStatus;
  /** Every error code in the response, outermost first. */
  readonly codes: readonly string[];
  readonly retryAfter: number | null;
}

/** Bytes after decompression. A group of 32 KiB with every character escaped is smaller; a gzip bomb is not. */
const maxBody = 512 * 1024;
const deepestError = 8;

/** Reads any `fetch` response. Never rejects: the status counts even if the body breaks off or hangs. */
export async function readResponse(
  response: FetchResponse,
  now: number = Date.now(),
  longest: number = maxBody,
): Promise<GraphResponse> {
  const { status, headers } = response;
  return readWhole({ status, headers, text: await readBounded(response, longest) }, now);
}

/** Reads a response whose body has arrived; `text` null: it broke off, or was too long. */
export function readWhole(
  answer: { readonly status: number; readonly headers: Pick<Headers, 'get'>; readonly text: string | null },
  now: number = Date.now(),
): GraphResponse {
  const { status, headers, text } = answer;
  const body = parseJson(text);
  const { codes, requestId } = readError(body);
  return {
    status,
    body,
    codes,
    graph: {
      status,
      code: codes.at(-1) ?? null,
      requestId: identifier(headers.get('request-id')) ?? requestId,
    },
    retryAfter: readRetryAfter(headers, now),
  };
}

/** `{error: {code, innerError: {code, "request-id", innererror: …}}}`: both spellings occur, at any depth. */
function readError(body: unknown): { codes: string[]; requestId: string | null } {
  const codes: string[] = [];
  let requestId: string | null = null;
  let error = member(body, 'error');
  for (let depth = 0; depth < deepestError && error !== undefined; depth += 1) {
    const code = errorCode(member(error, 'code'));
    if (code !== null) codes.push(code);
    requestId ??= identifier(member(error, 'request-id') ?? member(error, 'requestId'));
    error = member(error, 'innerError') ?? member(error, 'innererror');
  }
  return { codes, requestId };
}

export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** A code is a word: throttling responses nest a bare "429" (learn.microsoft.com: Graph throttling guidance). */
function errorCode(value: unknown): string | null {
  const code = identifier(value);
  return code !== null && /^[A-Za-z]/.test(code) ? code : null;
}

/** Codes and ids are passed on to callers and telemetry, so nothing that could be free text may get through. */
function identifier(value: unknown): string | null {
  return typeof value === 'string' && /^[\w.:-]{1,100}$/.test(value) ? value : null;
}
