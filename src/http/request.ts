/** The part of a request that is read here; the trigger's `HttpRequest` has this shape. */
export interface IncomingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly params: Readonly<Record<string, string>>;
  readonly body: ReadableStream<Uint8Array> | null;
}

/** The response that the trigger sends. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A caller's own id is kept if it is short and harmless in a log. */
export function requestIdOf(headers: Headers, otherwise: string): string {
  const given = headers.get('x-request-id');
  return given !== null && /^[\w.-]{1,128}$/.test(given) ? given : otherwise;
}

/** The path alone: the query may hold the function key (`?code=`). */
export function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : '/';
}
