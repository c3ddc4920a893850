import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Invocation } from '../invoke.ts';
import type { RouteMatch } from './router.ts';

/** One HTTP request on its way through a function. */
export interface HttpInvocation {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  match: RouteMatch;
  /** Everything of the invocation but the input, which depends on the mode. */
  invocation: Omit<Invocation, 'inputData' | 'argumentsLost'>;
  /** Aborted when the caller has gone or the time is up: the answer is of no use any more. */
  signal: AbortSignal;
}

export type RunHttpInvocation = (invocation: HttpInvocation) => Promise<void>;
