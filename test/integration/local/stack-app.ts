import { app } from '@azure/functions';

/** Shows its settings, and creates a group as an app on Azure would: token from the identity endpoint, then Graph. */
app.http('health', {
  route: 'health',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () => ({ body: 'ok' }),
});
app.http('settings', {
  route: 'settings',
  methods: ['GET'],
  authLevel: 'function',
  handler: () => ({ jsonBody: { pid: process.pid, env: process.env } }),
});
app.http('create', {
  route: 'create',
  methods: ['POST'],
  authLevel: 'function',
  handler: async () => {
    const { IDENTITY_ENDPOINT, IDENTITY_HEADER = '', GRAPH_BASE_URL } = process.env;
    const url = `${IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=https://graph.microsoft.com`;
    const identity = await fetch(url, { headers: { 'x-identity-header': IDENTITY_HEADER } });
    const { access_token: token } = (await identity.json()) as { access_token: string };
    const answer = await fetch(`${GRAPH_BASE_URL}/v1.0/external/connections/contosohr/groups`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'a' }),
    });
    return { status: answer.status };
  },
});
app.timer('cleans', {
  schedule: '0 0 0 1 1 *',
  handler: (_timer, context) => context.log('cleaned'),
});
