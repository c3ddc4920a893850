import { app, trigger } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toTriggerMetadata } from './invocation.ts';

/**
 * With `dataType: 'binary'` the host passes on the bytes as they are on the queue. Otherwise it would parse JSON and
 * lose duplicate member names. The library's own queue options lack this property.
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
