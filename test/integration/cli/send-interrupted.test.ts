import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { queueNames } from '../../../src/storage/queues.ts';
import { type QueueProxy, startQueueProxy } from '../../support/queue-proxy.ts';
import { type StartedStorage, startStorage } from '../../support/storage.ts';
import { documents, runCli, startCli } from './run-cli.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

const isSend = ({ method, path }: { method: string; path: string }) =>
  method === 'POST' && path.includes(`/${queueNames.work}/messages`);

describe('a send that is interrupted', () => {
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
