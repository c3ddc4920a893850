import { createEndpoint, type Endpoint } from './endpoint.ts';
import { json } from './respond.ts';

/** `GET /api/health`: the process answers. It calls neither Graph nor storage, whose outages are no reason to restart. */
export function createGetHealthEndpoint(): Endpoint {
  return createEndpoint(() => json(200, { status: 'ok' }, {}));
}
