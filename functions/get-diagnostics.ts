import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toInvocation } from './invocation.ts';

export function registerGetDiagnostics({ http }: App): void {
  app.http('get-diagnostics', {
    route: 'diagnostics',
    methods: ['GET'],
    authLevel: 'admin',
    handler: (request, context) => http.getDiagnostics(request, toInvocation(context)),
  });
}
