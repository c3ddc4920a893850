/**
 * The baseline of the hot path: the body is passed to Graph unchanged, with a token that is requested once, and Graph's
 * response is returned unchanged. Nothing is checked, deferred, read back or reported.
 */
import { app } from '@azure/functions';

let token: Promise<string> | undefined;

/** Concurrent calls of Graph, if the benchmark limits them: one process's share of Graph's limit. */
const slots = Number(process.env.BENCH_SLOTS ?? Number.POSITIVE_INFINITY);
const waiting: (() => void)[] = [];
let taken = 0;

async function withSlot<T>(work: () => Promise<T>): Promise<T> {
  if (taken >= slots) await new Promise<void>((resolve) => waiting.push(resolve));
  else taken += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) taken -= 1;
    else next();
  }
}

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
    const sent = await request.text();
    const { status, body } = await withSlot(async () => {
      const response = await fetch(`${process.env.GRAPH_BASE_URL}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await token}`, 'content-type': 'application/json' },
        body: sent,
      });
      return { status: response.status, body: await response.text() };
    });
    return { status, headers: { 'content-type': 'application/json' }, body };
  },
});
