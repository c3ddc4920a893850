import { randomUUID } from 'node:crypto';
import { Client, ResponseType } from '@microsoft/microsoft-graph-client';
import type { ExternalGroup } from '../../groups/external-group.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { TraceContext } from '../../telemetry/trace-context.ts';
import type { TokenSource } from '../auth/tokens.ts';
import { groupPath, groupsPath } from '../group-url.ts';
import type { CallEnd } from '../limiter/adaptive-limit.ts';
import { OutOfPace, type Pace } from '../limiter/pace.ts';
import { CallFailure, createMiddleware } from './middleware.ts';
import { type ReadAnswer, readAnswer } from './read-answer.ts';

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly trace: TraceContext;
  /** Somebody waits for the answer. */
  readonly urgent: boolean;
}

/** The two calls that creating a group takes; each rejects with a {@link CallFailure} where no answer came. */
export interface GraphCalls {
  readonly createGroup: (
    connectionId: string,
    group: ExternalGroup,
    options: CallOptions,
  ) => Promise<ReadAnswer>;
  readonly readGroup: (connectionId: string, groupId: string, options: CallOptions) => Promise<ReadAnswer>;
}

export interface GraphCallsOptions {
  readonly pace: Pace;
  /** Milliseconds that a call may wait for its turn: while somebody waits for its answer, and otherwise. */
  readonly patience: { readonly urgent: number; readonly queued: number };
  /** Origin of Graph, without a path. */
  readonly root: string;
  readonly tokens: TokenSource;
  readonly telemetry: Telemetry;
}

/** Microsoft's Graph client with a chain of our own; every answer comes back raw and is read here. */
export function createGraphCalls({ root, tokens, telemetry, pace, patience }: GraphCallsOptions): GraphCalls {
  const client = Client.initWithMiddleware({
    baseUrl: root,
    defaultVersion: 'v1.0',
    middleware: createMiddleware(root, tokens, telemetry.graphCall),
  });

  async function call(
    connectionId: string,
    path: string,
    { signal, trace, urgent }: CallOptions,
    body?: ExternalGroup,
  ): Promise<ReadAnswer> {
    const wait = urgent ? patience.urgent : patience.queued;
    const entered = await pace.enter(connectionId, { patience: wait, urgent, signal });
    if ('tooLong' in entered) throw new OutOfPace(entered.tooLong);
    let end: CallEnd = { kind: 'failed', retryAfter: null };
    try {
      const request = client
        .api(path)
        .responseType(ResponseType.RAW)
        .headers({ 'client-request-id': randomUUID(), accept: 'application/json', ...trace })
        .option('signal', signal);
      const response: Response = await (body === undefined ? request.get() : request.post(body));
      if (response.status === 429) telemetry.metric('externalGroups.graph.throttled', 1, {});
      const answer = await readAnswer(response);
      end = endOf(answer);
      return answer;
    } catch (thrown) {
      throw thrown instanceof CallFailure ? thrown : new CallFailure('sent', thrown);
    } finally {
      entered.leave(end);
    }
  }

  return {
    createGroup: (connectionId, group, options) =>
      call(connectionId, groupsPath(connectionId), options, group),
    readGroup: (connectionId, groupId, options) =>
      call(connectionId, groupPath(connectionId, groupId), options),
  };
}

/** What an answer says about the rate: 429 that it is too high; a failing service nothing, but its wait is kept. */
function endOf({ status, retryAfter }: ReadAnswer): CallEnd {
  if (status === 429) return { kind: 'throttled', retryAfter };
  return status >= 500 ? { kind: 'failed', retryAfter } : { kind: 'served', retryAfter: null };
}
