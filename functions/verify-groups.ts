import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toInvocation } from './invocation.ts';

/**
 * The queue of verification steps always has a function, so that `external-groups groups verify` works everywhere. The
 * timer is registered only if its setting is present: the host refuses a timer whose setting is missing.
 */
export function registerVerifyGroups({ verify, isVerifying }: App): void {
  app.storageQueue('verify-groups-step', {
    queueName: 'external-group-verifications',
    connection: 'AzureWebJobsStorage',
    handler: (message, context) => verify.step(message, toInvocation(context)),
  });
  if (!isVerifying) return;
  app.timer('verify-groups', { schedule: '%VERIFY_GROUPS%', handler: () => verify.begin() });
}
