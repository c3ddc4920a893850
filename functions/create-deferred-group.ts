import { app, trigger } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toTriggerMetadata } from './invocation.ts';

/**
 * With `dataType: 'binary'` the host hands out the bytes as they lie on the queue; JSON it would hand over parsed, and
 * without its second member of a name. The library's own options for queues do not have it.
 */
export function registerCreateDeferredGroup({ createDeferred }: App): void {
  app.generic('create-deferred-group', {
    trigger: trigger.generic({
      type: 'queueTrigger',
      queueName: 'external-group-creations',
      connection: 'AzureWebJobsStorage',
      dataType: 'binary',
    }),
    handler: (message, context) => createDeferred(message, toTriggerMetadata(context)),
  });
}
