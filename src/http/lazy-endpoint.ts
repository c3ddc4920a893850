import { lazily } from '../shared/lazily.ts';
import type { Endpoint } from './endpoint.ts';

/** An endpoint whose code is loaded on its first request, so that it does not slow down a cold start. */
export function lazyEndpoint(load: () => Promise<Endpoint>): Endpoint {
  const loaded = lazily(load);
  return async (request, invocation) => (await loaded())(request, invocation);
}
