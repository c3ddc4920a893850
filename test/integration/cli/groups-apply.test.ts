import { readdir, readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newTrace } from '../../../src/telemetry/trace-context.ts';
import { type DeclaredGroupsAdapter, startDeclaredGroupsAdapter } from './declared-groups-adapter.ts';
import { documents, runCli } from './run-cli.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

const guid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const users = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ type: 'user', id: guid(from + index) }));
const line = (id: string, members?: object[]) => JSON.stringify({ id, displayName: `Group ${id}`, members });

describe('groups apply', () => {
  let adapter: DeclaredGroupsAdapter;
  let workspace: Workspace;
  beforeAll(async () => {
    adapter = await startDeclaredGroupsAdapter();
    workspace = await createWorkspace();
    await workspace.writeStack({ storage: 'UseDevelopmentStorage=true', functionsUrl: adapter.url });
  });
  beforeEach(() => {
    adapter.ledger.clear();
    adapter.requests.length = 0;
    adapter.askForSignatures([]);
  });
  afterAll(async () => {
    await adapter.close();
    await workspace.remove();
  });

  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    runCli(['groups', ...args], { folder: workspace.folder, env });
  const apply = (file: string, ...args: string[]) =>
    run(['apply', file, '--connection', 'contosohr', '--json', ...args]);
  const membersOf = async (id: string) => {
    const { members } = documents(await run(['members', id, '--connection', 'contosohr', '--json']))[0];
    return members.map((member: { id: string }) => member.id);
  };
  const writes = () => adapter.requests.filter((request) => !/^GET|dryRun/.test(request));

  it('makes groups and members as the file says, and has nothing to do the second time', async () => {
    await workspace.write('two.ndjson', [line('day', users(1, 3)), line('night', []), ''].join('\n'));
    const first = await apply('two.ndjson');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(documents(first)).toMatchObject([
      { type: 'plan', groupId: 'day', group: 'create', members: { add: 3, remove: 0 }, held: false },
      { type: 'plan', groupId: 'night', group: 'create', members: { add: 0 } },
      { type: 'result', outcome: 'applied' },
      { type: 'result', outcome: 'applied' },
      { type: 'summary', unchanged: 0, outcomes: { applied: 2 } },
    ]);
    expect(await membersOf('day')).toEqual([guid(1), guid(2), guid(3)]);

    adapter.requests.length = 0;
    const second = await apply('two.ndjson');
    expect(second.code).toBe(0);
    expect(documents(second)).toEqual([{ type: 'summary', dryRun: false, unchanged: 2, outcomes: {} }]);
    expect(writes()).toEqual([]);
  });

  it('holds a group that was emptied, says how many, and applies the others; with the count it goes ahead', async () => {
    await workspace.write('full.ndjson', [line('day', users(1, 12)), line('night', users(1, 3))].join('\n'));
    await apply('full.ndjson');
    await workspace.write('emptied.ndjson', [line('day', []), line('night', users(1, 4))].join('\n'));

    const held = await run(['apply', 'emptied.ndjson', '--connection', 'contosohr']);
    expect(held.code).toBe(5);
    expect(held.stdout).toContain('contosohr/day  12 of 12 members would be removed');
    expect(await membersOf('day')).toHaveLength(12);
    expect(await membersOf('night')).toHaveLength(4);

    expect((await apply('emptied.ndjson', '--removals', '11')).code).toBe(5);
    expect((await apply('emptied.ndjson', '--removals', 'night=12')).code).toBe(5);
    expect(await membersOf('day')).toHaveLength(12);
    const removals = ['--removals', 'day=12'] as const;
    const dryRun = await run([
      'apply',
      'emptied.ndjson',
      '--connection',
      'contosohr',
      ...removals,
      '--dry-run',
    ]);
    expect(dryRun.stdout).toMatch(/day .* −12 +0 +removals allowed\n/);
    expect((await apply('emptied.ndjson', ...removals)).code).toBe(0);
    expect(await membersOf('day')).toEqual([]);
  });

  it('tells with --dry-run what is to be done, and does nothing of it', async () => {
    await workspace.write('one.ndjson', line('day', users(1, 2)));
    const planned = await apply('one.ndjson', '--dry-run');
    expect(planned.code).toBe(4);
    expect(writes()).toEqual([]);
    const words = await run(['apply', 'one.ndjson', '--connection', 'contosohr', '--dry-run']);
    expect(words.stdout).toMatch(
      /GROUP +GROUP ITSELF +ADD +REMOVE +KEEP\nday +create +\+2 +0\nDry run: 1 group/,
    );
    await apply('one.ndjson');
    expect((await apply('one.ndjson', '--dry-run')).code).toBe(0);
  });

  it('leaves members alone that a line does not speak of', async () => {
    await workspace.write('with.ndjson', line('day', users(1, 2)));
    await apply('with.ndjson');
    await workspace.write('without.ndjson', '{"id":"day","displayName":"Other"}');
    expect((await apply('without.ndjson')).code).toBe(0);
    expect(await membersOf('day')).toHaveLength(2);
  });

  it('reads CSV, the lines of a group in any order', async () => {
    const rows = [
      'groupId,displayName,memberType,memberId',
      `day,Day shift,user,${guid(1)}`,
      'late,"Late, but in time",,',
      `day,,externalGroup,late`,
      `day,Day shift,,${guid(2)}`,
    ];
    await workspace.write('shifts.csv', `\uFEFF${rows.join('\r\n')}\r\n`);
    expect((await apply('shifts.csv')).code).toBe(0);
    expect((await membersOf('day')).sort()).toEqual([guid(1), guid(2), 'late']);
    expect(adapter.ledger.changes).toMatchObject([
      { kind: 'put-group', groupId: 'day', displayName: 'Day shift' },
      expect.objectContaining({}),
      expect.objectContaining({}),
    ]);
    expect(adapter.ledger.changes).toContainEqual(
      expect.objectContaining({ groupId: 'late', displayName: 'Late, but in time' }),
    );
  });

  it.each([
    ['no group id', 'displayName\nx', 'line 1: has no column groupId'],
    ['an unknown column', 'groupId,mail\nday,x', 'names unknown columns (mail)'],
    ['a member by mail', 'groupId,memberId\nday,ann@contoso.com', 'line 2: /members/0/id'],
    ['two names of a group', 'groupId,displayName\nday,a\nday,b', 'line 3: /displayName differs from line 2'],
    ['members alone, with a name', 'groupId,displayName,declared,memberId\nday,a,members,', '/declared must'],
    ['another word for what is declared', 'groupId,declared\nday,all', '/declared must be group or members'],
    ['an open quote', 'groupId,displayName\nday,"a', 'is not CSV'],
    ['a header only', 'groupId,memberId', 'names no group'],
    ['nothing', '', 'names no group'],
  ])('changes nothing for CSV with %s', async (_what, text, words) => {
    await workspace.write('bad.csv', text);
    const result = await run(['apply', 'bad.csv', '--connection', 'contosohr', '--prune']);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(words);
    expect(writes()).toEqual([]);
  });

  it.each([
    ['no JSON', '{"id":"day"', 'line 1: The line is not JSON'],
    ['a group twice', '{"id":"day"}\n{"id":"Day"}', 'line 2: /id names a group that an earlier line names'],
    ['an unknown property', '{"id":"day","mail":"x"}', 'line 1: /mail'],
    ['no id', '{"displayName":"x"}', 'line 1: /id is required'],
    ['a wrong member', line('day', [{ type: 'user', id: 'x' }]), 'line 1: /members/0/id'],
    [
      'itself as a member',
      line('day', [{ type: 'externalGroup', id: 'DAY' }]),
      '/members/0/id must not be the group itself',
    ],
  ])('changes nothing for NDJSON with %s', async (_what, text, words) => {
    await workspace.write('bad.ndjson', text);
    const result = await run(['apply', 'bad.ndjson', '--connection', 'contosohr']);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(words);
    expect(result.stderr).toContain('nothing was changed');
    expect(writes()).toEqual([]);
  });

  it('deletes with --prune what the file does not name, and holds that if it is much', async () => {
    const all = Array.from({ length: 14 }, (_, index) => line(`g${index}`));
    await workspace.write('all.ndjson', all.join('\n'));
    await apply('all.ndjson');
    await workspace.write('most.ndjson', all.slice(0, 13).join('\n'));
    expect((await apply('most.ndjson', '--prune')).code).toBe(0);
    expect(adapter.ledger.changes.at(-1)).toMatchObject({ kind: 'delete-group', groupId: 'g13' });

    await workspace.write('few.ndjson', all.slice(0, 2).join('\n'));
    const held = await apply('few.ndjson', '--prune');
    expect(held.code).toBe(5);
    expect(adapter.ledger.changes.filter(({ kind }) => kind === 'delete-group')).toHaveLength(1);
    expect((await apply('few.ndjson', '--prune', '--deletions', '11')).code).toBe(0);
    expect(adapter.ledger.changes.filter(({ kind }) => kind === 'delete-group')).toHaveLength(12);
  });

  it('asks for a connection to prune', async () => {
    await workspace.write('own.ndjson', '{"id":"day","connectionId":"contosohr"}');
    expect((await run(['apply', 'own.ndjson', '--prune'])).code).toBe(2);
  });

  it.each(['list', 'members day', 'show day', 'explain day', 'export', 'forget day', 'verify', 'retry day'])(
    'names --connection where it is missing or wrong: groups %s',
    async (command) => {
      for (const connection of [[], ['--connection', 'no/such id']]) {
        const result = await run([...command.split(' '), ...connection]);
        expect(result).toMatchObject({
          code: 2,
          stdout: '',
          stderr: expect.stringContaining('--connection'),
        });
      }
      expect(adapter.requests).toEqual([]);
    },
  );

  it('names --connection where neither it nor any line names one', async () => {
    await workspace.write('none.ndjson', '{"id":"day"}\n{"id":"night"}');
    expect(await run(['apply', 'none.ndjson'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('use --connection'),
    });
  });

  it('shows no empty list as a default', async () => {
    expect((await run(['apply', '--help'])).stdout).not.toContain('[])');
  });

  it('goes on with the other groups if one is refused, and ends with 1', async () => {
    await workspace.write('two.ndjson', [line('day', users(1, 1)), line('night', users(1, 1))].join('\n'));
    adapter.ledger.intervene = ({ groupId, kind }) =>
      groupId === 'day' && kind === 'put-group'
        ? { kind: 'refused', problem: { code: 'sequence-required', detail: 'It has one.', members: {} } }
        : null;
    const result = await apply('two.ndjson');
    expect(result.code).toBe(1);
    expect(documents(result)).toContainEqual(
      expect.objectContaining({
        type: 'result',
        groupId: 'day',
        outcome: 'refused',
        code: 'sequence-required',
      }),
    );
    expect(await membersOf('night')).toEqual([guid(1)]);
  });

  it('waits for what is in progress, and says so if it takes too long', async () => {
    await workspace.write('one.ndjson', line('day'));
    await apply('one.ndjson');
    const record = await adapter.ledger.readGroup('contosohr', 'day');
    if (record === null) throw new Error('not declared');
    let reads = 0;
    const applying = { ...record, state: 'applying' } as const;
    adapter.ledger.intervene = () => ({ kind: 'recorded', record: applying, retryAfter: 1 });
    const { readGroup } = adapter.ledger;
    Object.assign(adapter.ledger, { readGroup: () => Promise.resolve(reads++ === 0 ? applying : record) });
    await workspace.write('other.ndjson', '{"id":"day"}');
    expect((await apply('other.ndjson')).code).toBe(0);
    expect(reads).toBe(2);
    expect((await apply('other.ndjson', '--wait', '0')).code).toBe(4);
    Object.assign(adapter.ledger, { readGroup });
  });

  it.each(['failed', 'applying'] as const)(
    'does not call it done while what the file says is %s, and brings it home',
    async (state) => {
      await workspace.write('one.ndjson', line('day', users(1, 2)));
      await apply('one.ndjson');
      const record = await adapter.ledger.readGroup('contosohr', 'day');
      if (record === null) throw new Error('not declared');
      const unsettled = { ...record, state };
      adapter.ledger.intervene = () => ({ kind: 'recorded', record: unsettled, retryAfter: 1 });
      const about = { connectionId: 'contosohr', groupId: 'day' };
      const change = {
        ...about,
        kind: 'put-group',
        displayName: record.displayName,
        description: null,
      } as const;
      await adapter.ledger.declare(change, {
        source: 'http',
        patience: 0,
        trace: newTrace(),
        log: () => undefined,
      });
      adapter.ledger.intervene = () => null;

      adapter.requests.length = 0;
      const dryRun = await apply('one.ndjson', '--dry-run');
      expect(dryRun.code).toBe(4);
      expect(documents(dryRun)[0]).toMatchObject({ type: 'plan', groupId: 'day', group: 'unchanged', state });
      expect(writes()).toEqual([]);

      const again = await apply('one.ndjson', '--wait', '0');
      expect(again.code).toBe(state === 'failed' ? 0 : 4);
      expect(documents(again)).toContainEqual(
        expect.objectContaining({ type: 'result', outcome: state === 'failed' ? 'applied' : 'applying' }),
      );
      const day = '/api/connections/contosohr/groups/day';
      expect(writes()).toEqual(state === 'failed' ? [`PUT ${day}`, `PUT ${day}/members?removals=0`] : []);
    },
  );

  it('signs its requests if the adapter asks for signatures', async () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    adapter.askForSignatures([secret]);
    await workspace.write('one.ndjson', line('day', users(1, 2)));
    const args = ['apply', 'one.ndjson', '--connection', 'contosohr'];
    const unsigned = await run(args);
    expect(unsigned).toMatchObject({ code: 1, stderr: expect.stringContaining('--signing-secret') });
    adapter.requests.length = 0;
    const signed = await run([...args, '--signing-secret', 'SECRET'], { SECRET: secret });
    expect(signed.code).toBe(0);
    expect(signed.stdout + signed.stderr).not.toContain(secret);
    expect(new Set(writes())).toEqual(new Set(['POST /api/changes']));
    expect(adapter.ledger.changes).toMatchObject([
      { kind: 'put-group', groupId: 'day', sequence: expect.any(Number) },
      { kind: 'put-members', groupId: 'day', members: users(1, 2), removals: 0 },
    ]);
    const again = await run([...args, '--signing-secret', 'SECRET', '--sequence', '7'], { SECRET: secret });
    expect(again.stdout + again.stderr).toContain('Nothing to do');
    const wrong = await run([...args, '--signing-secret', 'OTHER'], {
      OTHER: secret.replace('MfKQ', 'AAAA'),
    });
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('refuses the signature') });
  });

  it('does not order by the clock, unasked, what a source orders by versions', async () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    adapter.askForSignatures([secret]);
    await workspace.write('one.ndjson', line('day', users(1, 2)));
    const args = ['apply', 'one.ndjson', '--connection', 'contosohr', '--signing-secret', 'SECRET'];
    const { readGroup } = adapter.ledger;
    const versioned = { id: 'day', sequence: 41, state: 'applied', members: {} };
    Object.assign(adapter.ledger, { readGroup: () => Promise.resolve(versioned) });
    const refused = await run(args, { SECRET: secret });
    Object.assign(adapter.ledger, { readGroup });
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stdout + refused.stderr).toContain('specify --sequence');
    expect(adapter.ledger.changes).toEqual([]);
    expect((await run([...args, '--sequence', '42'], { SECRET: secret })).code).toBe(0);
    expect(adapter.ledger.changes).toMatchObject([{ sequence: 42 }, { sequence: 42 }]);
  });

  const exportTo = (file: string, ...args: string[]) =>
    run(['export', '--connection', 'contosohr', '--output', file, ...args]);
  const source = { source: 'http', patience: 0, trace: newTrace(), log: () => undefined } as const;

  it('takes what export writes, in both forms, and finds nothing to do', async () => {
    const blank = JSON.stringify({ id: 'blank', displayName: ' =1+1 ', description: '' });
    await workspace.write(
      'all.ndjson',
      [line('day', users(1, 5)), line('night'), line('late', users(3, 1)), blank, '{"id":"bare"}'].join('\n'),
    );
    await apply('all.ndjson');
    for (const [groupId, members] of [
      ['alone', [{ type: 'user', id: guid(7) }]],
      ['nobody', []],
    ] as const)
      await adapter.ledger.declare(
        { kind: 'put-members', connectionId: 'contosohr', groupId, members },
        source,
      );
    for (const format of ['csv', 'ndjson']) {
      const exported = await exportTo(`export.${format}`, '--format', format);
      expect(exported).toMatchObject({ code: 0, stderr: expect.stringContaining('7 groups, 7 members') });
      expect(documents(await apply(`export.${format}`))).toEqual([
        { type: 'summary', dryRun: false, unchanged: 7, outcomes: {} },
      ]);
    }
    const csv = await readFile(workspace.path('export.csv'), 'utf8');
    expect(csv).toContain(`contosohr,day,Group day,,user,${guid(1)},group,applied\n`);
    expect(csv).toContain(`contosohr,blank,"' =1+1 ",',,,group,applied\n`);
    expect(csv).toContain('contosohr,nobody,,,,,members,applied\n');
    const text = await readFile(workspace.path('export.ndjson'), 'utf8');
    expect(text).toContain('{"connectionId":"contosohr","id":"nobody","declared":"members","members":[]}\n');
  });

  it('brings an empty ledger back to what was exported the day before', async () => {
    await workspace.write('before.ndjson', [line('day', users(1, 5)), line('night', [])].join('\n'));
    await apply('before.ndjson');
    expect((await exportTo('yesterday.csv')).code).toBe(0);
    adapter.ledger.clear();
    expect((await exportTo('nothing.csv')).stderr).toContain('0 groups');
    expect(documents(await apply('yesterday.csv')).at(-1)).toMatchObject({ outcomes: { applied: 2 } });
    expect(await membersOf('day')).toEqual([1, 2, 3, 4, 5].map(guid));
    expect((await exportTo('today.csv')).code).toBe(0);
    const [today, yesterday] = await Promise.all(
      ['today.csv', 'yesterday.csv'].map((file) => readFile(workspace.path(file), 'utf8')),
    );
    expect(today).toBe(yesterday);
  });

  it('leaves a group itself alone where the file is about its members', async () => {
    await workspace.write('alone.ndjson', '{"id":"day","declared":"members","members":[]}');
    await apply('alone.ndjson');
    expect(adapter.ledger.changes).toEqual([]);
    await workspace.write(
      'one.ndjson',
      JSON.stringify({ id: 'day', declared: 'members', members: users(1, 1) }),
    );
    expect((await apply('one.ndjson')).code).toBe(0);
    expect(adapter.ledger.changes.map(({ kind }) => kind)).toEqual(['put-members']);
  });

  it('exports to a file for this user alone, and overwrites none unless told to', async () => {
    await workspace.write('all.ndjson', line('day', users(1, 1)));
    await apply('all.ndjson');
    expect((await exportTo('mine.csv')).code).toBe(0);
    expect((await stat(workspace.path('mine.csv'))).mode & 0o777).toBe(0o600);
    await workspace.write('other.csv', 'something else');
    expect(await exportTo('other.csv')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('other.csv exists; add --force'),
    });
    expect(await readFile(workspace.path('other.csv'), 'utf8')).toBe('something else');
    expect((await exportTo('other.csv', '--force')).code).toBe(0);
    expect(await readFile(workspace.path('other.csv'), 'utf8')).toContain('contosohr,day');
    expect((await stat(workspace.path('other.csv'))).mode & 0o777).toBe(0o600);
    expect((await exportTo('.')).code).toBe(2);
    const left = (await readdir(workspace.folder)).filter((name) => name.endsWith('.partial'));
    expect(left).toEqual([]);
  });

  it('lists and shows what is declared', async () => {
    await workspace.write('all.ndjson', [line('day', users(1, 5)), line('night'), line('late')].join('\n'));
    await apply('all.ndjson');
    const listed = await run(['list', '--connection', 'contosohr']);
    expect(listed.stdout).toMatch(/GROUP +STATE +MEMBERS[^\n]*\nday +applied[^\n]*\nlate [^\n]*\nnight /);
    expect(listed.stdout).toContain('3 groups.');
    const shown = await run(['show', 'day', '--connection', 'contosohr']);
    expect(shown.stdout).toMatch(/contosohr\/day\n +state +applied\n +display name +Group day/);
    expect(await run(['show', 'nobody', '--connection', 'contosohr'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('never declared'),
    });
    expect(await run(['show', 'a/b', '--connection', 'contosohr'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('validation-failed'),
    });
    expect(await run(['list', '--connection', 'fabrikam'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('connection-not-allowed'),
    });
  });

  it('explains step by step the state of a group', async () => {
    await workspace.write('one.ndjson', line('day', users(1, 2)));
    await apply('one.ndjson');
    const args = ['explain', 'day', '--connection', 'contosohr', '--local', '--json'];
    expect(documents(await run(args))[0].steps).toMatchObject([
      { id: 'adapter', status: 'passed' },
      { id: 'graph-connection', status: 'skipped' },
      { id: 'graph-group', status: 'skipped' },
      { id: 'record', status: 'passed' },
      { id: 'connection' },
      { id: 'group', status: 'passed' },
      { id: 'members', status: 'passed', seen: '2 members, all confirmed.' },
      { id: 'next', status: 'passed' },
    ]);
    await adapter.ledger.declare(
      { kind: 'put-members', connectionId: 'contosohr', groupId: 'alone', members: [] },
      source,
    );
    const alone = await run(['explain', 'alone', '--connection', 'contosohr']);
    expect(alone).toMatchObject({ code: 4 });
    expect(alone.stdout).toContain('Nobody has declared the group itself, only its members');
    expect(alone.stdout).toContain('Graph was not asked about it.');
    expect(alone.stdout).not.toMatch(/Graph has confirmed (?:it|members)|It should exist/);
    const undeclared = await run(['explain', 'nobody', '--connection', 'contosohr', '--local']);
    expect(undeclared).toMatchObject({ code: 1, stdout: expect.stringContaining('✗ The group is declared') });
  });
});
