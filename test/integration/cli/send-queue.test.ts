import { existsSync } from 'node:fs';
import { link, readFile, symlink } from 'node:fs/promises';
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

describe('send', () => {
  let proxied: ProxiedStorage<StartedStorage>;
  let send: ReturnType<typeof createSend>;
  beforeAll(async () => {
    proxied = await startProxiedStorage(startStorage());
    send = createSend(proxied);
  });
  beforeEach(() => proxied.reset());
  afterAll(() => proxied.close());
  const ids = () => queuedNumbers(proxied.storage);

  it('sends one group over several lines, in the form that any producer uses', async () => {
    const group = { id: 'g1', displayName: 'Łódź', description: null };
    await proxied.workspace.write('one.json', JSON.stringify(group, null, 2));
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
    expect(await proxied.storage.receive('work')).toEqual([{ connectionId: 'contosohr', group }]);
  });

  it('sends from stdin, with a byte order mark, blank lines, CRLF and a last line without an end', async () => {
    const stdin = '\uFEFF{"id":"g1"}\r\n\r\n{"connectionId":"fabrikam","group":{"id":"g2"}}';
    const result = await send(['-', '--connection', 'contosohr'], stdin);
    expect(documents(result)).toMatchObject([{ accepted: 2, refused: 0, lastLine: 3 }]);
    expect(await proxied.storage.receive('work')).toEqual(
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
    await proxied.workspace.write('mixed.ndjson', lines.join('\n'));
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
    const report = (await readFile(proxied.workspace.path('refused.ndjson'), 'utf8')).trim().split('\n');
    expect(report.map((line) => ({ type: 'refused', ...JSON.parse(line) }))).toEqual(refused);
    expect((await ids()).sort((a, b) => a - b)).toEqual([1, 10]);
    expect(existsSync(proxied.workspace.path('mixed.ndjson.progress'))).toBe(false);
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
    await proxied.workspace.write('many.ndjson', manyGroups(1_000).join(''));
    const result = await send(['many.ndjson']);
    expect(documents(result)).toMatchObject([{ accepted: 1_000, refused: 0, complete: true }]);
    expect(new Set(await ids()).size).toBe(1_000);
    expect(await proxied.storage.count('work')).toBe(1_000);
  });

  it('does not resume what has changed, went elsewhere, or cannot be read again', async () => {
    await proxied.workspace.write('changed.ndjson', manyGroups(600).join(''));
    const { child, ended } = startCli(['send', 'changed.ndjson'], { folder: proxied.workspace.folder });
    let sent = 0;
    proxied.proxy.judge((passing) => {
      if (isSend(passing)) sent += 1;
      if (sent === 400) child.kill('SIGINT');
      return 'pass';
    });
    await ended;
    proxied.proxy.judge(() => 'pass');
    const elsewhere = await send(['changed.ndjson', '--resume', '--to', 'http']);
    expect(elsewhere).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/went to another destination/),
    });
    await proxied.workspace.write(
      'changed.ndjson',
      `${manyGroups(600).join('').replace('Group 1"', 'Group X"')}`,
    );
    const changed = await send(['changed.ndjson', '--resume']);
    expect(changed).toMatchObject({ code: 1, stderr: expect.stringMatching(/has changed since/) });
    expect(await send(['-', '--resume'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/stdin/) });
  });

  it('refuses a report that would be written over its own input', async () => {
    const text = manyGroups(3).join('');
    await proxied.workspace.write('own.ndjson', text);
    await symlink(proxied.workspace.path('own.ndjson'), proxied.workspace.path('link.ndjson'));
    await link(proxied.workspace.path('own.ndjson'), proxied.workspace.path('hard.ndjson'));
    for (const report of ['own.ndjson', './own.ndjson', 'link.ndjson', 'hard.ndjson']) {
      const result = await send(['own.ndjson', '--report', report]);
      expect(result).toMatchObject({ code: 2, stderr: expect.stringMatching(/overwrite the input/) });
    }
    expect(await readFile(proxied.workspace.path('own.ndjson'), 'utf8')).toBe(text);
    expect(await proxied.storage.count('work')).toBe(0);
  });
});
