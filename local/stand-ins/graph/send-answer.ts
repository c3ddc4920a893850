import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import { odataErrorBody, type RequestIdentity } from './odata-error.ts';

/** Writes an answer with the headers that Graph puts on every one. */
export function sendAnswer(response: ServerResponse, answer: Answer, identity: RequestIdentity): void {
  const body = answer.error === undefined ? answer.body : odataErrorBody(answer.error, identity);
  response.writeHead(answer.status, {
    'request-id': identity.requestId,
    'client-request-id': identity.clientRequestId,
    'x-ms-ags-diagnostic': diagnostic,
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json;odata.metadata=minimal;charset=utf-8' }),
    ...answer.headers,
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

const diagnostic = JSON.stringify({
  ServerInfo: { DataCenter: 'Local', Slice: 'E', Ring: '0', ScaleUnit: '000', RoleInstance: 'STAND-IN' },
});
