import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Invocation } from '../invoke.ts';
import type { RouteMatch } from './router.ts';

/** One HTTP request during its invocation. */
export interface HttpInvocation {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  match: RouteMatch;
  /** Everything about the invocation but the input, which depends on the mode. */
  invocation: Omit<Invocation, 'inputData'>;
  /** Aborted when the caller has disconnected or the time is up: nobody needs the response any more. */
  signal: AbortSignal;
}

export type RunHttpInvocation = (invocation: HttpInvocation) => Promise<void>;
