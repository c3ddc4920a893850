import { randomUUID } from 'node:crypto';
import { Client, ResponseType } from '@microsoft/microsoft-graph-client';
import type { ExternalGroup } from '../../groups/external-group.ts';
import { propertiesOf } from '../../groups/group-properties.ts';
import type { Member } from '../../groups/member.ts';
import type { TokenSource } from '../../identity/tokens.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { TraceContext } from '../../telemetry/trace-context.ts';
import { groupPath, groupsPath, memberPath, membersPath, usersPath } from '../group-url.ts';
import type { CallResult } from '../limiter/aimd-limit.ts';
import type { ConcurrencyLimiter } from '../limiter/concurrency-limiter.ts';
import { LimitReached } from '../limiter/permit.ts';
import { CallFailure } from './call-failure.ts';
import type { PoolAnswer, SendRequest } from './connection-pool.ts';
import { createMiddleware } from './middleware.ts';
import { type GraphResponse, readWhole } from './read-response.ts';

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly trace: TraceContext;
  /** A caller is waiting for the response. */
  readonly urgent: boolean;
}

/**
 * The calls of Graph that this app makes; each rejects with a {@link CallFailure} if there was no response, or with a
 * {@link LimitReached} if it was not made.
 */
export interface GraphCalls {
  readonly createGroup: (
    connectionId: string,
    group: ExternalGroup,
    options: CallOptions,
  ) => Promise<GraphResponse>;
  readonly readGroup: (connectionId: string, groupId: string, options: CallOptions) => Promise<GraphResponse>;
  /** Sets both properties; a missing one becomes null. */
  readonly updateGroup: (
    connectionId: string,
    group: ExternalGroup,
    options: CallOptions,
  ) => Promise<GraphResponse>;
  readonly deleteGroup: (
    connectionId: string,
    groupId: string,
    options: CallOptions,
  ) => Promise<GraphResponse>;
  readonly addMember: (
    connectionId: string,
    groupId: string,
    member: Member,
    options: CallOptions,
  ) => Promise<GraphResponse>;
  readonly removeMember: (
    connectionId: string,
    groupId: string,
    memberId: string,
    options: CallOptions,
  ) => Promise<GraphResponse>;
}

/** The calls of the directory; they reject as those of {@link GraphCalls} do. */
export interface DirectoryCalls {
  /** Users; `query`: encoded, without the question mark. */
  readonly findUsers: (query: string, options: CallOptions) => Promise<GraphResponse>;
}

/** The directory has limits of its own, so it has a limiter of its own: no connection can have this id. */
const directory = '/users';

interface GraphRequest {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** Encoded, without the version. */
  readonly path: string;
  readonly body?: object;
}

export interface GraphCallsOptions {
  readonly limiting: {
    readonly limiter: ConcurrencyLimiter;
    /** Milliseconds that a call may wait for its permit: while a caller waits for the response, and otherwise. */
    readonly maxWait: { readonly urgent: number; readonly queued: number };
  };
  /** Origin of Graph, without a path. */
  readonly root: string;
  readonly tokens: TokenSource;
  readonly sendRequest: SendRequest;
  readonly telemetry: Telemetry;
}

/** Microsoft's Graph client with our own chain; every response is returned raw and is read here. */
export function createGraphCalls(options: GraphCallsOptions): GraphCalls & DirectoryCalls {
  const { root, tokens, telemetry, sendRequest, limiting } = options;
  const { limiter, maxWait } = limiting;
  const client = Client.initWithMiddleware({
    baseUrl: root,
    defaultVersion: 'v1.0',
    middleware: createMiddleware({ root, tokens, sendRequest, graphCall: telemetry.graphCall }),
  });

  async function call(
    /** A connection, or the directory. */
    place: string,
    { method, path, body }: GraphRequest,
    { signal, trace, urgent }: CallOptions,
  ): Promise<GraphResponse> {
    // Reading back after a deadline: there is no time left, and the limiter is not the reason.
    if (signal.aborted) throw new CallFailure('deadline', signal.reason);
    const acquired = await limiter.acquire(place, {
      maxWait: urgent ? maxWait.urgent : maxWait.queued,
      urgent,
      signal,
    });
    if ('retryAfter' in acquired) throw new LimitReached(acquired.retryAfter);
    let result: CallResult = { kind: 'failed', retryAfter: null };
    try {
      const request = client
        .api(path)
        .responseType(ResponseType.RAW)
        .headers({ 'client-request-id': randomUUID(), accept: 'application/json', ...trace })
        .option('signal', signal);
      const raw: PoolAnswer = await request[method](body);
      if (raw.status === 429) telemetry.metric('externalGroups.graph.throttled', 1, {});
      const answer = readWhole(raw);
      result = resultOf(answer);
      return answer;
    } catch (thrown) {
      throw thrown instanceof CallFailure ? thrown : new CallFailure('sent', thrown);
    } finally {
      acquired.release(result);
    }
  }

  return {
    createGroup: (connectionId, group, options) =>
      call(connectionId, { method: 'post', path: groupsPath(connectionId), body: group }, options),
    readGroup: (connectionId, groupId, options) =>
      call(connectionId, { method: 'get', path: groupPath(connectionId, groupId) }, options),
    updateGroup: (connectionId, { id, ...properties }, options) => {
      const body = propertiesOf(properties);
      return call(connectionId, { method: 'patch', path: groupPath(connectionId, id), body }, options);
    },
    deleteGroup: (connectionId, groupId, options) =>
      call(connectionId, { method: 'delete', path: groupPath(connectionId, groupId) }, options),
    addMember: (connectionId, groupId, { id, type }, options) => {
      // Nothing else: an `@odata.type` is answered with 400 (microsoft-graph-docs#11984), `identitySource` exists in beta only.
      const body = { id, type };
      return call(connectionId, { method: 'post', path: membersPath(connectionId, groupId), body }, options);
    },
    removeMember: (connectionId, groupId, memberId, options) =>
      call(connectionId, { method: 'delete', path: memberPath(connectionId, groupId, memberId) }, options),
    findUsers: (query, options) => call(directory, { method: 'get', path: `${usersPath}?${query}` }, options),
  };
}

/** What a response says about the rate: 429 that it is too high; a failing service nothing, but its delay is kept. */
function resultOf({ status, retryAfter }: GraphResponse): CallResult {
  if (status === 429) return { kind: 'throttled', retryAfter };
  return status >= 500 ? { kind: 'failed', retryAfter } : { kind: 'served', retryAfter: null };
}
