import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toInvocation } from './invocation.ts';

export function registerPutGroup({ http }: App): void {
  app.http('put-group', {
    route: 'connections/{connectionId}/groups/{groupId}',
    methods: ['PUT'],
    authLevel: 'function',
    handler: (request, context) => http.putGroup(request, toInvocation(context)),
  });
}
