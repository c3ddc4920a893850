import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toInvocation } from './invocation.ts';

export function registerMaintainQueues({ maintainQueues }: App): void {
  app.timer('maintain-queues', {
    schedule: '0 * * * * *',
    handler: (_timer, context) => maintainQueues(toInvocation(context)),
  });
}
