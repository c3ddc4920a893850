import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { text } from 'node:stream/consumers';

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: object | string | Buffer;
  /** The certificate that an https server must present. */
  readonly ca?: string;
  readonly signal?: AbortSignal;
}

export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON, or an empty object if it is not JSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** One request on a connection of its own. */
export function send(
  url: string,
  { method = 'GET', headers = {}, body, ca, signal }: Sent = {},
): Promise<Received> {
  const isJson = typeof body === 'object' && !Buffer.isBuffer(body);
  const type = isJson ? { 'content-type': 'application/json' } : {};
  const options = { method, headers: { ...type, ...headers }, agent: false, ca, signal };
  return new Promise((resolve, reject) => {
    const request = (url.startsWith('https:') ? secure : plain)(url, options, (response) => {
      text(response).then((content) => {
        const { statusCode = 0, headers: received } = response;
        resolve({ status: statusCode, headers: received, text: content, json: readJson(content) });
      }, reject);
    });
    request.once('error', reject);
    request.end(isJson ? JSON.stringify(body) : body);
  });
}

function readJson(content: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(content) as Record<string, unknown>;
  } catch {
    return {};
  }
}
