/**
 * The floor of the hot path: the body goes to Graph as it came, with a token that is asked for once, and Graph's answer
 * comes back as it is. Nothing is checked, deferred, read back or told to anybody.
 */
import { app } from '@azure/functions';

app.setup({ enableHttpStream: true });

let token: Promise<string> | undefined;

async function askForToken(): Promise<string> {
  const url = `${process.env.IDENTITY_ENDPOINT}?resource=https://graph.microsoft.com&api-version=2019-08-01`;
  const response = await fetch(url, { headers: { 'x-identity-header': process.env.IDENTITY_HEADER ?? '' } });
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}

app.http('create-group', {
  route: 'connections/{connectionId}/groups',
  methods: ['POST'],
  authLevel: 'function',
  handler: async (request) => {
    token ??= askForToken();
    const path = `/v1.0/external/connections/${request.params.connectionId}/groups`;
    const response = await fetch(`${process.env.GRAPH_BASE_URL}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await token}`, 'content-type': 'application/json' },
      body: await request.text(),
    });
    return {
      status: response.status,
      headers: { 'content-type': 'application/json' },
      body: await response.text(),
    };
  },
});
