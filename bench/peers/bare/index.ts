/** The baseline: only the trigger library and one function, compiled to CommonJS as `func init` sets TypeScript up. */
import { app } from '@azure/functions';

app.http('ping', {
  route: 'ping',
  methods: ['GET'],
  authLevel: 'function',
  handler: () => ({ status: 200, jsonBody: { status: 'ok' } }),
});
