import { randomUUID } from 'node:crypto';
import { Client, ResponseType } from '@microsoft/microsoft-graph-client';
import type { ExternalGroup } from '../groups/external-group.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import { groupPath, groupsPath } from './group-url.ts';
import { CallFailure, createMiddleware } from './middleware.ts';
import { type ReadAnswer, readAnswer } from './read-answer.ts';
import type { TokenSource } from './tokens.ts';

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly trace: TraceContext;
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
  /** Origin of Graph, without a path. */
  readonly root: string;
  readonly tokens: TokenSource;
  readonly telemetry: Telemetry;
}

/** Microsoft's Graph client with a chain of our own; every answer comes back raw and is read here. */
export function createGraphCalls({ root, tokens, telemetry }: GraphCallsOptions): GraphCalls {
  const client = Client.initWithMiddleware({
    baseUrl: root,
    defaultVersion: 'v1.0',
    middleware: createMiddleware(root, tokens, telemetry.graphCall),
  });
  async function call(
    path: string,
    { signal, trace }: CallOptions,
    body?: ExternalGroup,
  ): Promise<ReadAnswer> {
    try {
      const request = client
        .api(path)
        .responseType(ResponseType.RAW)
        .headers({ 'client-request-id': randomUUID(), accept: 'application/json', ...trace })
        .option('signal', signal);
      const response: Response = await (body === undefined ? request.get() : request.post(body));
      if (response.status === 429) telemetry.metric('externalGroups.graph.throttled', 1, {});
      return await readAnswer(response);
    } catch (thrown) {
      throw thrown instanceof CallFailure ? thrown : new CallFailure('sent', thrown);
    }
  }

  return {
    createGroup: (connectionId, group, options) => call(groupsPath(connectionId), options, group),
    readGroup: (connectionId, groupId, options) => call(groupPath(connectionId, groupId), options),
  };
}
