import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type StartedStorage, startStorage } from '../../support/storage.ts';
import {
  createSend,
  isSend,
  manyGroups,
  type ProxiedStorage,
  queuedNumbers,
  startProxiedStorage,
} from './proxied-storage.ts';
import { documents, startCli } from './run-cli.ts';

describe('a send that is interrupted', () => {
  let proxied: ProxiedStorage<StartedStorage>;
  let send: ReturnType<typeof createSend>;
  beforeAll(async () => {
    proxied = await startProxiedStorage(startStorage());
    send = createSend(proxied);
  });
  beforeEach(() => proxied.reset());
  afterAll(() => proxied.close());
  const ids = () => queuedNumbers(proxied.storage);

  it('killed half-way goes on with --resume: nothing is lost, at most one batch comes twice', async () => {
    const lines = manyGroups(2_000);
    lines[99] = '{"connectionId":"contosohr","group":{"id":"bad one"}}\n';
    lines[1_899] = '{"connectionId":"contosohr","group":{}}\n';
    await proxied.workspace.write('killed.ndjson', lines.join(''));
    const args = ['killed.ndjson', '--report', 'killed.report'];
    const { child, ended } = startCli(['send', ...args], { folder: proxied.workspace.folder });
    let sent = 0;
    proxied.proxy.judge((passing) => {
      if (isSend(passing)) sent += 1;
      if (sent === 1_000) child.kill('SIGKILL');
      return 'pass';
    });
    expect((await ended).signal).toBe('SIGKILL');
    proxied.proxy.judge(() => 'pass');

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
    const report = (await readFile(proxied.workspace.path('killed.report'), 'utf8')).trim().split('\n');
    expect(report.map((line) => JSON.parse(line).line)).toEqual([100, 1_900]);
    expect(existsSync(proxied.workspace.path('killed.ndjson.progress'))).toBe(false);
  });

  it('interrupted by Ctrl-C finishes what is in progress, and resumes without sending anything twice', async () => {
    await proxied.workspace.write('stopped.ndjson', manyGroups(1_500).join(''));
    const { child, ended } = startCli(['send', 'stopped.ndjson', '--json'], {
      folder: proxied.workspace.folder,
    });
    let sent = 0;
    proxied.proxy.judge((passing) => {
      if (isSend(passing)) sent += 1;
      if (sent === 700) child.kill('SIGINT');
      return 'pass';
    });
    const first = await ended;
    proxied.proxy.judge(() => 'pass');
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
    await proxied.workspace.write('bare.ndjson', lines.join(''));
    let sent = 0;
    proxied.proxy.judge((passing) => {
      if (isSend(passing)) sent += 1;
      return isSend(passing) && sent > 20 ? 'drop' : 'pass';
    });
    await send(['bare.ndjson', '--connection', 'contosohr', '--concurrency', '1']);
    proxied.proxy.judge(() => 'pass');
    const other = await send(['bare.ndjson', '--resume', '--connection', 'fabrikam']);
    expect(other).toMatchObject({ code: 2, stderr: expect.stringMatching(/with --connection contosohr/) });
    expect((await send(['bare.ndjson', '--resume'])).code).toBe(0);
    const messages = await proxied.storage.receive('work');
    expect(messages).toHaveLength(40);
    expect(messages.every(({ connectionId }) => connectionId === 'contosohr')).toBe(true);
  });

  it('gives up with one sentence when the queue stays away, and keeps what is done', async () => {
    await proxied.workspace.write('outage.ndjson', manyGroups(40).join(''));
    let sent = 0;
    proxied.proxy.judge((passing) => {
      if (isSend(passing)) sent += 1;
      return isSend(passing) && sent > 20 ? 'drop' : 'pass';
    });
    const result = await send(['outage.ndjson', '--concurrency', '1']);
    proxied.proxy.judge(() => 'pass');
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(
      /^error: Storage cannot be reached.* The first 20 lines are done; --resume .*\n$/,
    );
    expect((await send(['outage.ndjson', '--resume'])).code).toBe(0);
    expect(new Set(await ids()).size).toBe(40);
    expect(await proxied.storage.count('work')).toBe(40);
  });
});
