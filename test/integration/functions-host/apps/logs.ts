import { app } from '@azure/functions';

app.http('chatty', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: (_request, context) => {
    context.debug('a debug line');
    context.info('an information line');
    context.warn('a warning line');
    context.error('an error line');
    return { body: 'x' };
  },
});
app.http('quiet', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: (_request, context) => {
    context.warn('a quiet line');
    return { body: 'x' };
  },
});
