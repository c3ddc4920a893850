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

  it('killed half-way goes on with --resume: nothing is lost, at most one batch comes twice', async () => {
    const lines = many(2_000);
    lines[99] = '{"connectionId":"contosohr","group":{"id":"bad one"}}\n';
    lines[1_899] = '{"connectionId":"contosohr","group":{}}\n';
    await workspace.write('killed.ndjson', lines.join(''));
    const args = ['killed.ndjson', '--report', 'killed.report'];
    const { child, ended } = startCli(['send', ...args], { folder: workspace.folder });
    let sent = 0;
    proxy.judge((passing) => {
      if (isSend(passing)) sent += 1;
      if (sent === 1_000) child.kill('SIGKILL');
      return 'pass';
    });
    expect((await ended).signal).toBe('SIGKILL');
    proxy.judge(() => 'pass');

    const refusedToBegin = await send(args);
    expect(refusedToBegin.code).toBe(2);
    expect(refusedToBegin.stderr).toMatch(/ended after line \d+; add --resume/);

    const result = await send([...args, '--resume']);
    expect(result.code).toBe(1);
    const summary = documents(result).at(-1);
    expect(summary).toMatchObject({ accepted: 1_998, refused: 2, complete: true, lastLine: 2_000 });
    expect(summary.resumedAfter).toBeGreaterThan(500);
    const delivered = await ids();
    expect(new Set(delivered).size).toBe(1_998);
    // A batch is 256 lines with the usual concurrency.
    expect(delivered.length - 1_998).toBeLessThanOrEqual(256);
    const report = (await readFile(workspace.path('killed.report'), 'utf8')).trim().split('\n');
    expect(report.map((line) => JSON.parse(line).line)).toEqual([100, 1_900]);
    expect(existsSync(workspace.path('killed.ndjson.progress'))).toBe(false);
  });

  it('interrupted by Ctrl-C finishes what is in progress, and resumes without sending anything twice', async () => {
    await workspace.write('stopped.ndjson', many(1_500).join(''));
    const { child, ended } = startCli(['send', 'stopped.ndjson', '--json'], { folder: workspace.folder });
    let sent = 0;
    proxy.judge((passing) => {
      if (isSend(passing)) sent += 1;
      if (sent === 700) child.kill('SIGINT');
      return 'pass';
    });
    const first = await ended;
    proxy.judge(() => 'pass');
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(
      /Interrupted\. The first \d+ lines are done; --resume continues from there\./,
    );
    expect(documents(first)).toMatchObject([{ complete: false }]);
    expect((await send(['stopped.ndjson', '--resume'])).code).toBe(0);
    const delivered = await ids();
    expect(delivered).toHaveLength(1_500);
    expect(new Set(delivered).size).toBe(1_500);
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

  it('resumes with the connection that the first run was given, and with no other', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `{"id":"bare${index}"}\n`);
    await workspace.write('bare.ndjson', lines.join(''));
    let sent = 0;
    proxy.judge((passing) => {
      if (isSend(passing)) sent += 1;
      return isSend(passing) && sent > 20 ? 'drop' : 'pass';
    });
    await send(['bare.ndjson', '--connection', 'contosohr', '--concurrency', '1']);
    proxy.judge(() => 'pass');
    const other = await send(['bare.ndjson', '--resume', '--connection', 'fabrikam']);
    expect(other).toMatchObject({ code: 2, stderr: expect.stringMatching(/with --connection contosohr/) });
    expect((await send(['bare.ndjson', '--resume'])).code).toBe(0);
    const messages = await storage.receive('work');
    expect(messages).toHaveLength(40);
    expect(messages.every(({ connectionId }) => connectionId === 'contosohr')).toBe(true);
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

  it('gives up with one sentence when the queue stays away, and keeps what is done', async () => {
    await workspace.write('outage.ndjson', many(40).join(''));
    let sent = 0;
    proxy.judge((passing) => {
      if (isSend(passing)) sent += 1;
      return isSend(passing) && sent > 20 ? 'drop' : 'pass';
    });
    const result = await send(['outage.ndjson', '--concurrency', '1']);
    proxy.judge(() => 'pass');
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(
      /^error: Storage cannot be reached.* The first 20 lines are done; --resume .*\n$/,
    );
    expect((await send(['outage.ndjson', '--resume'])).code).toBe(0);
    expect(new Set(await ids()).size).toBe(40);
    expect(await storage.count('work')).toBe(40);
  });
});
