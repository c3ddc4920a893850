import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toInvocation } from './invocation.ts';

export function registerPostChange({ http }: App): void {
  app.http('post-change', {
    route: 'changes',
    methods: ['POST'],
    authLevel: 'function',
    handler: (request, context) => http.postChange(request, toInvocation(context)),
  });
}
