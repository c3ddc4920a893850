import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { toArrival } from './invocation.ts';

export function registerRescuePoisonedGroup({ rescue }: App): void {
  app.storageQueue('rescue-poisoned-group', {
    queueName: 'external-group-creations-poison',
    connection: 'AzureWebJobsStorage',
    handler: (message, context) => rescue(message, toArrival(context)),
  });
}
