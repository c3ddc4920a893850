import { createEndpoint, type Endpoint } from './endpoint.ts';
import { json } from './respond.ts';

/** `GET /api/health`: the process answers. It asks nothing of Graph or storage, whose outages are no reason to restart it. */
export function createGetHealthEndpoint(): Endpoint {
  return createEndpoint(() => json(200, { status: 'ok' }, {}));
}
