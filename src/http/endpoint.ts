import { AdapterError, describeError } from '../problems/adapter-error.ts';
import type { Log } from '../telemetry/telemetry.ts';
import { type HostTraceContext, readHostTrace, type TraceContext } from '../telemetry/trace-context.ts';
import { type HttpAnswer, type IncomingRequest, pathOf, requestIdOf } from './request.ts';
import { answerError } from './respond.ts';

/** What the host provides for an invocation. */
export interface Invocation {
  readonly invocationId: string;
  readonly traceContext: HostTraceContext | undefined;
  readonly log: Log;
}

/** A request with its context. */
export interface Exchange {
  readonly request: IncomingRequest;
  readonly trace: TraceContext;
  readonly log: Log;
}

export type Endpoint = (request: IncomingRequest, invocation: Invocation) => Promise<HttpAnswer>;

/**
 * Wraps a handler with what applies to every response: `x-request-id`, and a problem document for whatever is thrown.
 * One log line tells the operator what the caller may not see.
 */
export function createEndpoint(handle: (exchange: Exchange) => Promise<HttpAnswer> | HttpAnswer): Endpoint {
  return async (request, { invocationId, traceContext, log }) => {
    const requestId = requestIdOf(request.headers, invocationId);
    const trace = readHostTrace(traceContext);
    const answer = await answerOrProblem(request, trace, (level, line) =>
      log(level, `${line} (request ${requestId})`),
    );
    return { ...answer, headers: { ...answer.headers, 'x-request-id': requestId } };
  };

  async function answerOrProblem(
    request: IncomingRequest,
    trace: TraceContext,
    log: Log,
  ): Promise<HttpAnswer> {
    try {
      return await handle({ request, trace, log });
    } catch (thrown) {
      const answer = answerError(thrown, pathOf(request.url));
      const code = thrown instanceof AdapterError ? thrown.code : 'internal-error';
      log(answer.status >= 500 ? 'error' : 'info', `${answer.status} ${code}: ${describeError(thrown)}`);
      return answer;
    }
  }
}
