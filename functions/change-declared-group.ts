import { app, trigger } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toTriggerMetadata } from './invocation.ts';

/** With `dataType: 'binary'` for the reason that `create-deferred-group.ts` gives. */
export function registerChangeDeclaredGroup({ changeDeclaredGroup }: App): void {
  app.generic('change-declared-group', {
    trigger: trigger.generic({
      type: 'queueTrigger',
      queueName: 'external-group-changes',
      connection: 'AzureWebJobsStorage',
      dataType: 'binary',
    }),
    handler: (message, context) => changeDeclaredGroup(message, toTriggerMetadata(context)),
  });
}
