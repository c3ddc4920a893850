import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Adapter, problem, startAdapter } from './adapter.ts';
import { documents, runCli } from './run-cli.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

describe('send --to http', () => {
  let adapter: Adapter;
  let workspace: Workspace;
  const send = (file: string, ...args: string[]) =>
    runCli(['send', file, '--to', 'http', '--json', ...args], { folder: workspace.folder });
  const lines = (count: number) =>
    Array.from({ length: count }, (_, index) => JSON.stringify({ id: `g${index + 1}` })).join('\n');

  beforeAll(async () => {
    adapter = await startAdapter();
    workspace = await createWorkspace();
    await workspace.writeStack({ storage: 'UseDevelopmentStorage=true', functionsUrl: adapter.url });
    await workspace.write('one.json', JSON.stringify({ id: 'g1', displayName: 'Łódź' }, null, 2));
    await workspace.write('six.ndjson', lines(6));
  });
  afterAll(async () => {
    await adapter.close();
    await workspace.remove();
  });

  it('posts the group with the key of the local stack', async () => {
    adapter.answer(() => ({ status: 201 }));
    const result = await send('one.json', '--connection', 'contosohr');
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(documents(result)).toMatchObject([
      { type: 'summary', to: 'http', accepted: 1, refused: 0, outcomes: { created: 1 } },
    ]);
    expect(adapter.seen).toMatchObject([
      {
        url: '/api/connections/contosohr/groups',
        headers: { 'x-functions-key': 'stack-key', 'content-type': 'application/json' },
        body: { id: 'g1', displayName: 'Łódź' },
      },
    ]);
  });

  it('tells created, unchanged, deferred and refused apart', async () => {
    adapter.answer(({ body }) => {
      if (body.id === 'g2') return { status: 200 };
      if (body.id === 'g3') return { status: 202 };
      if (body.id === 'g4') return problem(409, 'group-conflict');
      if (body.id === 'g5') return problem(502, 'graph-access-denied');
      if (body.id === 'g6')
        return problem(400, 'validation-failed', {
          errors: [{ in: 'body', pointer: '/id', detail: 'is odd' }],
        });
      return { status: 201 };
    });
    const result = await send('six.ndjson', '--connection', 'contosohr');
    expect(result.code).toBe(1);
    expect(documents(result)).toMatchObject([
      { type: 'refused', line: 4, code: 'group-conflict', pointer: '', detail: 'About group-conflict.' },
      { type: 'refused', line: 5, code: 'graph-access-denied' },
      { type: 'refused', line: 6, code: 'validation-failed', pointer: '/id', detail: 'is odd' },
      { accepted: 3, refused: 3, outcomes: { created: 1, unchanged: 1, deferred: 1 } },
    ]);
    expect(adapter.seen).toHaveLength(6);
  });

  it('waits as long as a 503 asks and tries again', async () => {
    const times: number[] = [];
    adapter.answer((_seen, nth) => {
      times.push(Date.now());
      return nth === 1
        ? { ...problem(503, 'deferral-unavailable'), headers: { 'retry-after': '1' } }
        : { status: 201 };
    });
    const result = await send('one.json', '--connection', 'contosohr');
    expect(documents(result)).toMatchObject([{ accepted: 1, refused: 0 }]);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(950);
  });

  it('gives up after a bounded number of tries, with one sentence', async () => {
    adapter.answer(() => ({ ...problem(503, 'deferral-unavailable'), headers: { 'retry-after': '0' } }));
    const result = await send('six.ndjson', '--connection', 'contosohr', '--concurrency', '1');
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(
      /^error: The adapter at \S+ does not accept requests now: it answers 503 .*\n$/,
    );
    expect(adapter.seen).toHaveLength(6);
    expect(documents(result)).toMatchObject([{ complete: false, accepted: 0, refused: 0 }]);
  });

  it('stops at once when the key is refused, and never shows it', async () => {
    adapter.answer(() => ({ status: 401 }));
    const result = await send('six.ndjson', '--connection', 'contosohr', '--concurrency', '1');
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/refuses the function key/);
    expect(result.stdout + result.stderr).not.toContain('stack-key');
    expect(adapter.seen).toHaveLength(1);
  });

  it('knows an adapter that wants signatures, and an address without one', async () => {
    adapter.answer(() => problem(401, 'signature-invalid'));
    expect((await send('one.json', '--connection', 'contosohr')).stderr).toMatch(/WEBHOOK_SECRETS/);
    adapter.answer(() => ({ status: 404, body: '<html>' }));
    expect((await send('one.json', '--connection', 'contosohr')).stderr).toMatch(/There is no adapter/);
  });

  it('takes another adapter by --url, with the key from a variable', async () => {
    adapter.answer(() => ({ status: 201 }));
    const call = (env: Record<string, string>, ...args: string[]) =>
      runCli(['send', 'one.json', '--connection', 'contosohr', '--to', 'http', ...args], {
        folder: workspace.folder,
        env,
      });
    expect((await call({ MY_KEY: 'k1' }, '--url', `${adapter.url}/`, '--key', 'MY_KEY')).code).toBe(0);
    expect((await call({ EXTERNAL_GROUPS_KEY: 'k2' }, '--url', adapter.url)).code).toBe(0);
    expect(adapter.seen.map(({ headers }) => headers['x-functions-key'])).toEqual(['k1', 'k2']);
    const shown = await call({}, '--url', adapter.url, '--key', 'the-key-itself');
    expect(shown.code).toBe(2);
    expect(shown.stderr).not.toContain('the-key-itself');
    expect(await call({ EXTERNAL_GROUPS_KEY: 'k' }, '--url', 'http://adapter.example')).toMatchObject({
      code: 2,
    });
  });
});
