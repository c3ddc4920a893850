import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeclaredClient, startDeclaredClient } from './declared-client.ts';

const run = promisify(execFile);

describe('examples', () => {
  let client: DeclaredClient;
  beforeAll(async () => {
    client = await startDeclaredClient();
  });
  afterAll(() => client.close());

  const where = () => ({ ADAPTER: client.stack.host?.url, KEY: client.stack.functionKey });

  it('typescript.ts declares a group and waits until it is in Graph', async () => {
    const { stdout } = await run(process.execPath, ['examples/typescript.ts'], {
      env: { ...process.env, ...where() },
    });
    expect(stdout.trim()).toBe('applied');
    expect(client.inGraph('lateshift')).toHaveLength(1);
  });

  it('requests.http is answered with success, request by request', async () => {
    const page = await readFile('examples/requests.http', 'utf8');
    const { ADAPTER = '', KEY } = where();
    const requests = page
      .replaceAll('{{adapter}}', ADAPTER)
      .replaceAll('{{key}}', KEY)
      .split(/^###.*\n/m);
    for (const request of requests.slice(1)) {
      const [head = '', body] = request.trim().split('\n\n');
      const [, method = '', path = ''] = /^(\w+) http:\/\/[^/]+\/api\/(\S+)$/m.exec(head) ?? [];
      const groups = 'connections/contosohr/groups';
      const reply = path.startsWith(groups)
        ? await client.ask(method, path.slice(groups.length), body)
        : await client.change(body);
      expect([path, reply.status]).toEqual([path, 200]);
    }
    expect(client.inGraph('lateshift')).toHaveLength(1);
  });
});
