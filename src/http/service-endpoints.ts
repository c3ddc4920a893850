import { createEndpoint, type Endpoint } from './endpoint.ts';
import { json } from './respond.ts';
import type { Services } from './services.ts';

/** `GET /api/health`: the process answers. It calls neither Graph nor storage, whose outages are no reason to restart. */
export function createGetHealthEndpoint(): Endpoint {
  return createEndpoint(() => json(200, { status: 'ok' }, {}));
}

/** `GET /api/diagnostics`: 200 whatever the results of the checks; they are in the body. */
export function createGetDiagnosticsEndpoint({ diagnose }: Pick<Services, 'diagnose'>): Endpoint {
  return createEndpoint(async () => json(200, await diagnose(), { 'cache-control': 'no-store' }));
}

/** `GET /api/openapi.json` */
export function createGetOpenApiEndpoint({ document }: Pick<Services, 'document'>): Endpoint {
  return createEndpoint(() => json(200, document(), {}));
}
