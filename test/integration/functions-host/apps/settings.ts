import { app } from '@azure/functions';

app.http('settings', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () => ({ jsonBody: [process.env.FROM_FILE, process.env.FROM_BOTH] }),
});
