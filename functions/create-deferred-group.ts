import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toArrival } from './invocation.ts';

export function registerCreateDeferredGroup({ createDeferred }: App): void {
  app.storageQueue('create-deferred-group', {
    queueName: 'external-group-creations',
    connection: 'AzureWebJobsStorage',
    handler: (message, context) => createDeferred(message, toArrival(context)),
  });
}
