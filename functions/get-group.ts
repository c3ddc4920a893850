import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toInvocation } from './invocation.ts';

export function registerGetGroup({ http }: App): void {
  app.http('get-group', {
    route: 'connections/{connectionId}/groups/{groupId}',
    methods: ['GET'],
    authLevel: 'function',
    handler: (request, context) => http.getGroup(request, toInvocation(context)),
  });
}
