import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toInvocation } from './invocation.ts';

export function registerCreateGroup({ http }: App): void {
  app.http('create-group', {
    route: 'connections/{connectionId}/groups',
    methods: ['POST'],
    authLevel: 'function',
    handler: (request, context) => http.createGroup(request, toInvocation(context)),
  });
}
