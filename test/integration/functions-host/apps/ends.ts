import { setTimeout as delay } from 'node:timers/promises';
import { app } from '@azure/functions';

app.setup({ enableHttpStream: true });
app.http('slow', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: async (_request, context) => {
    context.log('slow began');
    await delay(Number(process.env.SLOW));
    return { body: 'slow' };
  },
});
app.http('rejects', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () => {
    Promise.reject(new Error('nobody caught this'));
    return { body: 'x' };
  },
});
app.hook.appTerminate(() => console.log('appTerminate ran'));
