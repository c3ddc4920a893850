import { lazily } from '../shared/lazily.ts';
import type { Endpoint } from './endpoint.ts';

/** An endpoint whose code is loaded with its first request, so that no cold start waits for it. */
export function lazyEndpoint(load: () => Promise<Endpoint>): Endpoint {
  const loaded = lazily(load);
  return async (request, invocation) => (await loaded())(request, invocation);
}
