const { app } = require('@azure/functions');

app.setup({ enableHttpStream: true });
app.http('hello', { methods: ['GET'], authLevel: 'anonymous', handler: () => ({ body: 'hello' }) });
