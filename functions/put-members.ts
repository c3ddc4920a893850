import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toInvocation } from './invocation.ts';

export function registerPutMembers({ http }: App): void {
  app.http('put-members', {
    route: 'connections/{connectionId}/groups/{groupId}/members',
    methods: ['PUT'],
    authLevel: 'function',
    handler: (request, context) => http.putMembers(request, toInvocation(context)),
  });
}
