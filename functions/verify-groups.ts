import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toInvocation } from './invocation.ts';

/** Only where it is asked for: the host refuses a timer whose setting is missing. */
export function registerVerifyGroups({ verify, isVerifying }: App): void {
  if (!isVerifying) return;
  app.timer('verify-groups', { schedule: '%VERIFY_GROUPS%', handler: () => verify.begin() });
  app.storageQueue('verify-groups-step', {
    queueName: 'external-group-verifications',
    connection: 'AzureWebJobsStorage',
    handler: (message, context) => verify.step(message, toInvocation(context)),
  });
}
