import type { Diagnose } from '../diagnostics/diagnose.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import { json } from './respond.ts';

/** `GET /api/diagnostics`: 200 whatever the results of the checks; they are in the body. */
export function createGetDiagnosticsEndpoint(diagnose: Diagnose): Endpoint {
  return createEndpoint(async () => json(200, await diagnose(), { 'cache-control': 'no-store' }));
}
