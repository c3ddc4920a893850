import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toInvocation } from './invocation.ts';

export function registerDeleteGroup({ http }: App): void {
  app.http('delete-group', {
    route: 'connections/{connectionId}/groups/{groupId}',
    methods: ['DELETE'],
    authLevel: 'function',
    handler: (request, context) => http.deleteGroup(request, toInvocation(context)),
  });
}
