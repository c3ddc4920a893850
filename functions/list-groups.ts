import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toInvocation } from './invocation.ts';

export function registerListGroups({ http }: App): void {
  app.http('list-groups', {
    route: 'connections/{connectionId}/groups',
    methods: ['GET'],
    authLevel: 'function',
    handler: (request, context) => http.listGroups(request, toInvocation(context)),
  });
}
