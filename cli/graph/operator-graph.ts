import { randomUUID } from 'node:crypto';
import { type GraphResponse, readResponse } from '../../src/graph/transport/read-response.ts';
import { within } from '../../src/shared/within.ts';
import { describeFailedRequest } from '../describe-failed-request.ts';
import type { GraphTarget } from './graph-target.ts';

/** The result of one request: a response, no response, or no sign-in to use. */
export type Reply =
  | ({ readonly kind: 'answer' } & GraphResponse)
  | { readonly kind: 'no-answer'; readonly why: string }
  | { readonly kind: 'not-signed-in'; readonly why: string };

export interface OperatorGraph {
  readonly target: GraphTarget;
  /** `path` begins with a slash and follows the version. Never rejects. */
  readonly call: (method: 'GET' | 'POST' | 'PATCH', path: string, body?: object) => Promise<Reply>;
}

/** Maximum bytes of a response: all application roles of Microsoft Graph take a tenth of it. */
const maxBody = 4 * 1024 * 1024;
const patience = 30_000;

/** Graph with the operator's permissions: one request each time, no retry, no redirect. */
export function createOperatorGraph(target: GraphTarget): OperatorGraph {
  return {
    target,
    call: async (method, path, body) => {
      let token: string;
      try {
        token = await target.token();
      } catch (thrown) {
        const isMissing = thrown instanceof Error && /ENOENT|could not be found/.test(thrown.message);
        return {
          kind: 'not-signed-in',
          why: isMissing ? 'the Azure CLI is not installed' : 'the Azure CLI is not signed in ("az login")',
        };
      }
      try {
        const answer = await within(patience, async (signal) => {
          const response = await target.fetch(`${target.root}/v1.0${path}`, {
            method,
            headers: {
              authorization: `Bearer ${token}`,
              accept: 'application/json',
              'client-request-id': randomUUID(),
              ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            signal,
          });
          return readResponse(response, Date.now(), maxBody);
        });
        return { kind: 'answer', ...answer };
      } catch (thrown) {
        return { kind: 'no-answer', why: describeFailedRequest(thrown) };
      }
    },
  };
}

/** A response in a few words: never Graph's text, which may repeat what was sent. */
export function describeReply(reply: Reply): string {
  if (reply.kind !== 'answer') return reply.why;
  const { status, code, requestId } = reply.graph;
  const request = requestId === null ? '' : `, request ${requestId}`;
  return `Graph answered ${status}${code === null ? '' : ` ${code}`}${request}`;
}
