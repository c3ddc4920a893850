import { randomUUID } from 'node:crypto';
import type { TokenSource } from '../identity/tokens.ts';
import { groupPath, groupsPath, usersPath } from './group-url.ts';
import { readTokenClaims, type TokenClaims } from './token-claims.ts';
import type { SendRequest } from './transport/connection-pool.ts';
import { type GraphResponse, readWhole } from './transport/read-response.ts';

/** Requests to the identity endpoint and to Graph that change nothing. Each rejects if there is no response. */
export interface GraphProbe {
  /** The claims of the token that the app uses now; null if it is not readable. */
  readonly claims: (signal: AbortSignal) => Promise<TokenClaims | null>;
  readonly readConnection: (connectionId: string, signal: AbortSignal) => Promise<GraphResponse>;
  /** Users; `query`: encoded, without the question mark. */
  readonly readUsers: (query: string, signal: AbortSignal) => Promise<GraphResponse>;
  /** Reads a group that nobody has. */
  readonly readNoGroup: (connectionId: string, signal: AbortSignal) => Promise<GraphResponse>;
  /** Creates a group whose id is invalid everywhere: the reason for Graph's refusal shows whether others may pass. */
  readonly createNoGroup: (connectionId: string, signal: AbortSignal) => Promise<GraphResponse>;
}

/** One character longer than an id may be, and made of invalid characters. */
const impossibleId = '!'.repeat(129);

/** Over the connections used by the app's calls. They are not in telemetry: a refusal here is not an event. */
export function createGraphProbe(sendRequest: SendRequest, tokens: TokenSource): GraphProbe {
  async function call(
    path: string,
    signal: AbortSignal,
    { method, body }: { readonly method: string; readonly body?: object } = { method: 'GET' },
  ): Promise<GraphResponse> {
    const { token } = await tokens.current(signal);
    const headers = {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      'client-request-id': randomUUID(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const content = body === undefined ? null : JSON.stringify(body);
    return readWhole(await sendRequest({ method, path: `/v1.0${path}`, headers, body: content, signal }));
  }

  return {
    claims: async (signal) => {
      const { token, expiresOnTimestamp } = await tokens.current(signal);
      return readTokenClaims(token, expiresOnTimestamp);
    },
    readConnection: (connectionId, signal) =>
      call(`/external/connections/${encodeURIComponent(connectionId)}`, signal),
    readUsers: (query, signal) => call(`${usersPath}?${query}`, signal),
    readNoGroup: (connectionId, signal) =>
      call(groupPath(connectionId, randomUUID().replaceAll('-', '')), signal),
    createNoGroup: async (connectionId, signal) => {
      const answer = await call(groupsPath(connectionId), signal, {
        method: 'POST',
        body: { id: impossibleId },
      });
      // If it were ever created, it must not stay.
      if (answer.status === 201)
        await call(groupPath(connectionId, impossibleId), signal, { method: 'DELETE' });
      return answer;
    },
  };
}
