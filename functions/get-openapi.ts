import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toInvocation } from './invocation.ts';

export function registerGetOpenApi({ http }: App): void {
  app.http('get-openapi', {
    route: 'openapi.json',
    methods: ['GET'],
    authLevel: 'anonymous',
    handler: (request, context) => http.getOpenApi(request, toInvocation(context)),
  });
}
