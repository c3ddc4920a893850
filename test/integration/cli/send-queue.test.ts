import { existsSync } from 'node:fs';
import { link, readFile, symlink } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { queueNames } from '../../../src/storage/queues.ts';
import { type QueueProxy, startQueueProxy } from '../../support/queue-proxy.ts';
import { type StartedStorage, startStorage } from '../../support/storage.ts';
import { documents, runCli, startCli } from './run-cli.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

const isSend = ({ method, path }: { method: string; path: string }) =>
  method === 'POST' && path.includes(`/${queueNames.work}/messages`);

describe('send', () => {
  let storage: StartedStorage;
  let proxy: QueueProxy;
  let workspace: Workspace;
  const send = (args: readonly string[], stdin = '') =>
    runCli(['send', ...args, '--json'], { folder: workspace.folder, stdin });
  const many = (count: number) =>
    Array.from(
      { length: count },
      (_, index) =>
        `{"connectionId":"contosohr","group":{"id":"g${index + 1}","displayName":"Group ${index + 1}"}}\n`,
    );
  const ids = async () =>
    (await storage.receive('work')).map(({ group }) => Number((group as { id: string }).id.slice(1)));

  beforeAll(async () => {
    storage = await startStorage();
    proxy = await startQueueProxy(storage.connectionString, storage.queueUrl);
    workspace = await createWorkspace();
    await workspace.writeStack({ storage: proxy.connectionString });
  });
  beforeEach(async () => {
    proxy.judge(() => 'pass');
    await storage.clear();
  });
  afterAll(async () => {
    await proxy.close();
    await storage.close();
    await workspace.remove();
  });

  it('sends one group over several lines, in the form that any producer uses', async () => {
    const group = { id: 'g1', displayName: 'Łódź', description: null };
    await workspace.write('one.json', JSON.stringify(group, null, 2));
    const result = await send(['one.json', '--connection', 'contosohr']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(documents(result)).toEqual([
      {
        type: 'summary',
        to: 'queue',
        complete: true,
        lastLine: 1,
        accepted: 1,
        refused: 0,
        outcomes: { queued: 1 },
        resumedAfter: 0,
        seconds: expect.any(Number),
      },
    ]);
    expect(await storage.receive('work')).toEqual([{ connectionId: 'contosohr', group }]);
  });

  it('sends from stdin, with a byte order mark, blank lines, CRLF and a last line without an end', async () => {
    const stdin = '\uFEFF{"id":"g1"}\r\n\r\n{"connectionId":"fabrikam","group":{"id":"g2"}}';
    const result = await send(['-', '--connection', 'contosohr'], stdin);
    expect(documents(result)).toMatchObject([{ accepted: 2, refused: 0, lastLine: 3 }]);
    expect(await storage.receive('work')).toEqual(
      expect.arrayContaining([
        { connectionId: 'contosohr', group: { id: 'g1' } },
        { connectionId: 'fabrikam', group: { id: 'g2' } },
      ]),
    );
  });

  it('refuses what the adapter would refuse, line by line, and sends the rest', async () => {
    const lines = [
      '{"id":"g1"}',
      '{"id":"not good!","colour":"red"}',
      '{"connectionId":"Microsoft1","group":{"displayName":5}}',
      '{"connectionId":"contosohr","group":{"id":"g4"},"attempts":0}',
      'no json',
      '[{"id":"g6"}]',
      `{"id":"g7","description":"${'x'.repeat(33_000)}"}`,
      `{"id":"g8","description":"${'x'.repeat(600_000)}"}`,
      '{"id":"g9","id":"g9"}',
      '{"id":"g10"}',
    ];
    await workspace.write('mixed.ndjson', lines.join('\n'));
    const result = await send(['mixed.ndjson', '--connection', 'contosohr', '--report', 'refused.ndjson']);
    expect(result.code).toBe(1);
    const all = documents(result);
    expect(all.at(-1)).toMatchObject({ type: 'summary', accepted: 2, refused: 8, lastLine: 10 });
    const refused = all.slice(0, -1);
    expect(refused.map(({ line, code, pointer }) => `${line} ${code} ${pointer}`)).toEqual([
      '2 validation-failed /colour',
      '2 validation-failed /id',
      '3 validation-failed /connectionId',
      '3 validation-failed /group/id',
      '3 validation-failed /group/displayName',
      '4 validation-failed /attempts',
      '5 malformed-json ',
      '6 validation-failed ',
      '7 payload-too-large ',
      '8 payload-too-large ',
      '9 malformed-json ',
    ]);
    const report = (await readFile(workspace.path('refused.ndjson'), 'utf8')).trim().split('\n');
    expect(report.map((line) => ({ type: 'refused', ...JSON.parse(line) }))).toEqual(refused);
    expect((await ids()).sort((a, b) => a - b)).toEqual([1, 10]);
    expect(existsSync(workspace.path('mixed.ndjson.progress'))).toBe(false);
  });

  it('says once for each line that no connection is named', async () => {
    const result = await send(['-'], '{"id":"g1"}\n{"id":"g2"}\n');
    expect(documents(result)).toMatchObject([
      { line: 1, pointer: '/connectionId', detail: expect.stringContaining('--connection') },
      { line: 2, pointer: '/connectionId' },
      { accepted: 0, refused: 2 },
    ]);
  });

  it('sends 1,000 lines, each once', async () => {
    await workspace.write('many.ndjson', many(1_000).join(''));
    const result = await send(['many.ndjson']);
    expect(documents(result)).toMatchObject([{ accepted: 1_000, refused: 0, complete: true }]);
    expect(new Set(await ids()).size).toBe(1_000);
    expect(await storage.count('work')).toBe(1_000);
  });

  it('does not resume what has changed, went elsewhere, or cannot be read again', async () => {
    await workspace.write('changed.ndjson', many(600).join(''));
    const { child, ended } = startCli(['send', 'changed.ndjson'], { folder: workspace.folder });
    let sent = 0;
    proxy.judge((passing) => {
      if (isSend(passing)) sent += 1;
      if (sent === 400) child.kill('SIGINT');
      return 'pass';
    });
    await ended;
    proxy.judge(() => 'pass');
    const elsewhere = await send(['changed.ndjson', '--resume', '--to', 'http']);
    expect(elsewhere).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/went to another destination/),
    });
    await workspace.write('changed.ndjson', `${many(600).join('').replace('Group 1"', 'Group X"')}`);
    const changed = await send(['changed.ndjson', '--resume']);
    expect(changed).toMatchObject({ code: 1, stderr: expect.stringMatching(/has changed since/) });
    expect(await send(['-', '--resume'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/stdin/) });
  });

  it('refuses a report that would be written over its own input', async () => {
    const text = many(3).join('');
    await workspace.write('own.ndjson', text);
    await symlink(workspace.path('own.ndjson'), workspace.path('link.ndjson'));
    await link(workspace.path('own.ndjson'), workspace.path('hard.ndjson'));
    for (const report of ['own.ndjson', './own.ndjson', 'link.ndjson', 'hard.ndjson']) {
      const result = await send(['own.ndjson', '--report', report]);
      expect(result).toMatchObject({ code: 2, stderr: expect.stringMatching(/overwrite the input/) });
    }
    expect(await readFile(workspace.path('own.ndjson'), 'utf8')).toBe(text);
    expect(await storage.count('work')).toBe(0);
  });
});
