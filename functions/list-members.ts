import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toInvocation } from './invocation.ts';

export function registerListMembers({ http }: App): void {
  app.http('list-members', {
    route: 'connections/{connectionId}/groups/{groupId}/members',
    methods: ['GET'],
    authLevel: 'function',
    handler: (request, context) => http.listMembers(request, toInvocation(context)),
  });
}
