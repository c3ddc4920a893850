import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const library = fileURLToPath(import.meta.resolve('@azure/functions'));

/** Writes a functions app of two triggers to a temporary folder: it tells its settings and creates a group. */
export async function writeApp(): Promise<{ readonly root: string; remove(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'stack-app-'));
  await writeFile(join(root, 'package.json'), JSON.stringify({ type: 'module', main: 'index.js' }));
  await writeFile(join(root, 'host.json'), JSON.stringify({ version: '2.0' }));
  await writeFile(join(root, 'local.settings.json'), JSON.stringify({ Values: { GRAPH_DEADLINE: 'PT77S' } }));
  await writeFile(
    join(root, 'index.js'),
    `import library from ${JSON.stringify(library)};
    const { app } = library;
    app.http('health', { route: 'health', methods: ['GET'], authLevel: 'anonymous', handler: () => ({ body: 'ok' }) });
    app.http('settings', {
      route: 'settings', methods: ['GET'], authLevel: 'function',
      handler: () => ({ jsonBody: { pid: process.pid, env: process.env } }),
    });
    app.http('create', {
      route: 'create', methods: ['POST'], authLevel: 'function',
      handler: async () => {
        const { IDENTITY_ENDPOINT, IDENTITY_HEADER, GRAPH_BASE_URL } = process.env;
        const url = IDENTITY_ENDPOINT + '?api-version=2019-08-01&resource=https://graph.microsoft.com';
        const identity = await fetch(url, { headers: { 'x-identity-header': IDENTITY_HEADER } });
        const { access_token } = await identity.json();
        const answer = await fetch(GRAPH_BASE_URL + '/v1.0/external/connections/contosohr/groups', {
          method: 'POST',
          headers: { authorization: 'Bearer ' + access_token, 'content-type': 'application/json' },
          body: JSON.stringify({ id: 'a' }),
        });
        return { status: answer.status };
      },
    });`,
  );
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}
