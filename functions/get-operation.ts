import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toInvocation } from './invocation.ts';

export function registerGetOperation({ http }: App): void {
  app.http('get-operation', {
    route: 'operations/{operationId}',
    methods: ['GET'],
    authLevel: 'function',
    handler: (request, context) => http.getOperation(request, toInvocation(context)),
  });
}
