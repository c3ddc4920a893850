import type { Diagnose } from '../diagnostics/diagnose.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import { json } from './respond.ts';

/** `GET /api/health`: the process answers. It calls neither Graph nor storage, whose outages are no reason to restart. */
export function createGetHealthEndpoint(): Endpoint {
  return createEndpoint(() => json(200, { status: 'ok' }, {}));
}

/** `GET /api/diagnostics`: 200 whatever the results of the checks; they are in the body. */
export function createGetDiagnosticsEndpoint(diagnose: Diagnose): Endpoint {
  return createEndpoint(async () => json(200, await diagnose(), { 'cache-control': 'no-store' }));
}
