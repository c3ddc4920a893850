import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toInvocation } from './invocation.ts';

export function registerLookAfterGroups({ hourlyPass }: App): void {
  app.timer('look-after-groups', {
    schedule: '0 23 * * * *',
    handler: (_timer, context) => hourlyPass(toInvocation(context)),
  });
}
