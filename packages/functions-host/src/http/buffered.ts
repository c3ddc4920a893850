import type { ServerResponse } from 'node:http';
import type { RpcHttpData, RpcTypedData } from '../core-types.ts';
import type { Invoker } from '../invoke.ts';
import type { Log } from '../logger.ts';
import { isHopByHop } from './hop-by-hop.ts';
import type { RunHttpInvocation } from './http-invocation.ts';
import { readBody } from './read-body.ts';
import { flatHeaders } from './request-metadata.ts';
import { serializeRpcCookie } from './rpc-cookie.ts';

/**
 * Runs a function without `enableHttpStream`: body and response are passed as bytes. The host copies a body only if
 * Content-Length says that there is one; a chunked one is lost
 * (https://github.com/Azure/azure-functions-nodejs-library/issues/171).
 */
export function createBufferedRun(invoker: Invoker, log: Log): RunHttpInvocation {
  return async function runBuffered({ request, response, url, match, invocation, signal }) {
    const { invocationId } = invocation;
    const hasLength = Number(request.headers['content-length'] ?? 0) > 0;
    const bytes = hasLength ? await readBody(request, response) : undefined;
    if (!hasLength) request.resume();
    if (request.headers['transfer-encoding'] !== undefined) {
      const { name: functionName } = match.target.target.metadata;
      const message = 'dropped a chunked body, as Azure does without enableHttpStream';
      log({ level: 'warning', category: `Function.${functionName}`, message, functionName, invocationId });
    }
    const http: RpcHttpData = {
      url: url.href,
      method: request.method ?? 'GET',
      headers: flatHeaders(request),
      params: match.params,
      query: joinedQuery(url.searchParams),
      ...(bytes === undefined ? {} : { body: { bytes } }),
    };
    const { response: answer } = await invoker.invoke({
      ...invocation,
      inputData: [{ name: match.target.binding, data: { http } }],
    });
    if (!signal.aborted) sendAnswer(response, answer.returnValue?.http);
  };
}

/** A repeated parameter becomes one value with commas (GrpcMessageConversionExtensions.ToRpcHttp). */
function joinedQuery(parameters: URLSearchParams): Record<string, string> {
  const names = new Set(parameters.keys());
  return Object.fromEntries([...names].map((name) => [name, parameters.getAll(name).join(',')]));
}

function sendAnswer(response: ServerResponse, http: RpcHttpData | undefined): void {
  if (http === undefined) {
    response.writeHead(204).end();
    return;
  }
  for (const [name, value] of Object.entries(http.headers ?? {})) {
    if (!isHopByHop(name)) response.setHeader(name, value);
  }
  const cookies = (http.cookies ?? []).map(serializeRpcCookie);
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  const body = bodyBytes(http.body);
  response.statusCode = Number(http.statusCode ?? 200);
  response.setHeader('content-length', body.length);
  response.end(body);
}

function bodyBytes(body: RpcTypedData | null | undefined): Uint8Array {
  if (body?.bytes !== undefined) return body.bytes;
  return Buffer.from(body?.string ?? body?.json ?? '');
}
