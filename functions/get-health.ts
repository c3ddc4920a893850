import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toInvocation } from './invocation.ts';

export function registerGetHealth({ http }: App): void {
  app.http('get-health', {
    route: 'health',
    methods: ['GET'],
    authLevel: 'anonymous',
    handler: (request, context) => http.getHealth(request, toInvocation(context)),
  });
}
