import type { IncomingMessage } from 'node:http';
import type { RpcTypedData } from '../core-types.ts';

/** Header values as one string each, names in lower case, as the worker gets them. */
export function flatHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/** What the host says about an HTTP request besides its body; in streaming mode headers and params come from here. */
export function httpTriggerMetadata(
  headers: Record<string, string>,
  query: URLSearchParams,
  params: Record<string, string>,
): Record<string, RpcTypedData> {
  const metadata: Record<string, RpcTypedData> = {};
  for (const [name, value] of Object.entries(params)) metadata[name] = { string: value };
  metadata.Headers = { json: JSON.stringify(headers) };
  metadata.Query = { json: JSON.stringify(Object.fromEntries(query)) };
  return metadata;
}
