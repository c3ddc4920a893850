import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toInvocation } from './invocation.ts';

export function registerPatchMembers({ http }: App): void {
  app.http('patch-members', {
    route: 'connections/{connectionId}/groups/{groupId}/members',
    methods: ['PATCH'],
    authLevel: 'function',
    handler: (request, context) => http.patchMembers(request, toInvocation(context)),
  });
}
