import { app } from '@azure/functions';

const order: unknown[] = [];

app.setup({ enableHttpStream: true });
app.http('hooked', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () => {
    throw new Error('original');
  },
});
app.hook.appStart(() => {
  order.push('appStart');
});
app.hook.preInvocation((context) => {
  order.push('pre');
  context.hookData.seen = 'shared';
  context.inputs = ['changed'];
});
app.hook.preInvocation((context) => {
  const { functionHandler } = context;
  context.functionHandler = (input, invocation) => {
    order.push(input);
    invocation.log('before');
    return functionHandler(input, invocation);
  };
});
app.hook.postInvocation((context) => {
  order.push((context.error as Error).message, context.hookData.seen);
  context.error = null;
  context.result = { jsonBody: order };
});
app.hook.log((context) => {
  if (context.category === 'user') context.message += ' and after';
});
