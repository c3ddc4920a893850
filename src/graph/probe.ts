import { randomUUID } from 'node:crypto';
import type { TokenSource } from '../identity/tokens.ts';
import { groupPath, groupsPath } from './group-url.ts';
import { readTokenClaims, type TokenClaims } from './token-claims.ts';
import { type ReadAnswer, readAnswer } from './transport/read-answer.ts';

/** Questions to the identity and to Graph that change nothing. Each rejects where no answer comes. */
export interface GraphProbe {
  /** The claims of the token that the app uses now; null where it is not readable. */
  readonly claims: (signal: AbortSignal) => Promise<TokenClaims | null>;
  readonly readConnection: (connectionId: string, signal: AbortSignal) => Promise<ReadAnswer>;
  /** Reads a group that nobody has. */
  readonly readNoGroup: (connectionId: string, signal: AbortSignal) => Promise<ReadAnswer>;
  /** Creates a group whose id no page allows: Graph says no, and what it says no to tells whether others may pass. */
  readonly createNoGroup: (connectionId: string, signal: AbortSignal) => Promise<ReadAnswer>;
}

/** One character more than an id may have, and none of those that it may have. */
const impossibleId = '!'.repeat(129);

/** `root`: Graph's origin, without a path. The calls are not in telemetry: a refusal here is no event. */
export function createGraphProbe(root: string, tokens: TokenSource): GraphProbe {
  async function call(path: string, signal: AbortSignal, init: RequestInit = {}): Promise<ReadAnswer> {
    const { token } = await tokens.current(signal);
    const response = await fetch(`${root}/v1.0${path}`, {
      ...init,
      headers: {
        ...init.headers,
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'client-request-id': randomUUID(),
      },
      redirect: 'manual',
      signal,
    });
    return readAnswer(response);
  }

  return {
    claims: async (signal) => {
      const { token, expiresOnTimestamp } = await tokens.current(signal);
      return readTokenClaims(token, expiresOnTimestamp);
    },
    readConnection: (connectionId, signal) =>
      call(`/external/connections/${encodeURIComponent(connectionId)}`, signal),
    readNoGroup: (connectionId, signal) =>
      call(groupPath(connectionId, randomUUID().replaceAll('-', '')), signal),
    createNoGroup: async (connectionId, signal) => {
      const answer = await call(groupsPath(connectionId), signal, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ id: impossibleId }),
      });
      // Should it ever be possible, it is not to stay.
      if (answer.status === 201)
        await call(groupPath(connectionId, impossibleId), signal, { method: 'DELETE' });
      return answer;
    },
  };
}
