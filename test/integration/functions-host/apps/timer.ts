import { setTimeout as delay } from 'node:timers/promises';
import { app } from '@azure/functions';

app.timer('ticks', {
  schedule: '%TICKS%',
  handler: (timer, context) => {
    context.log(`ticked ${JSON.stringify(timer)} ${context.triggerMetadata === undefined}`);
  },
});
app.timer('yearly', {
  schedule: '0 0 0 1 1 *',
  handler: async (timer, context) => {
    context.log(`yearly ${JSON.stringify(timer)}`);
    await delay(Number(process.env.LASTING ?? 0));
    if (process.env.FAILING !== undefined) throw new Error('no luck');
  },
});
app.timer('begins', {
  schedule: '0 0 0 1 1 *',
  runOnStartup: true,
  handler: (timer, context) => context.log(`began ${JSON.stringify(timer)}`),
});
app.http('hello', { methods: ['GET'], authLevel: 'anonymous', handler: () => ({ body: 'hello' }) });
app.storageQueue('works', {
  queueName: 'work',
  connection: 'AzureWebJobsStorage',
  handler: (message, context) =>
    context.log(`worked ${JSON.stringify({ message, metadata: context.triggerMetadata })}`),
});
