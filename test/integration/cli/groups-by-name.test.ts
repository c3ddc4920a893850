import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { firstUsers } from '../../../local/stand-ins/graph/directory/user-store.ts';
import { type DeclaredGroupsAdapter, startDeclaredGroupsAdapter } from './declared-groups-adapter.ts';
import { audience, globalAdministrator, openTenant, type Tenant } from './graph/tenant.ts';
import { documents, runCli } from './run-cli.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

const [ann, bo, eve] = firstUsers as [(typeof firstUsers)[0], (typeof firstUsers)[0], (typeof firstUsers)[0]];

describe('groups of people known by name', () => {
  let adapter: DeclaredGroupsAdapter;
  let tenant: Tenant;
  let workspace: Workspace;
  const signIn = (...scopes: string[]) =>
    workspace.writeStack({
      storage: 'UseDevelopmentStorage=true',
      functionsUrl: adapter.url,
      graph: {
        url: tenant.graph.url,
        certificate: tenant.tls.cert,
        operatorToken: tenant.tokens.issueToOperator(audience, {
          scopes: [...scopes, 'ExternalConnection.ReadWrite.All'],
          directoryRoles: [globalAdministrator],
        }),
      },
    });
  beforeAll(async () => {
    adapter = await startDeclaredGroupsAdapter();
    tenant = await openTenant();
    workspace = await createWorkspace();
  });
  beforeEach(async () => {
    adapter.ledger.clear();
    adapter.requests.length = 0;
    tenant.graph.reset();
    await signIn('User.ReadWrite.All');
  });
  afterAll(async () => {
    await adapter.close();
    await tenant.close();
    await workspace.remove();
  });

  const run = (...args: readonly string[]) =>
    runCli(['groups', ...args, '--connection', 'contosohr'], { folder: workspace.folder });
  const apply = async (rows: readonly string[], ...args: readonly string[]) => {
    await workspace.write('people.csv', rows.join('\r\n'));
    return run('apply', 'people.csv', '--new-connection', '--json', ...args);
  };
  const membersOf = async (id: string) =>
    documents(await run('members', id, '--json'))[0].members.map((member: { id: string }) => member.id);
  const changes = () => adapter.ledger.changes.filter(({ kind }) => kind.endsWith('members'));

  it('come from a file of mail addresses as a spreadsheet writes it, with semicolons', async () => {
    const result = await apply([
      '\uFEFFgroupId;displayName;memberMail',
      'night;Night shift;Ann@contoso.com',
      'night;;eve@fabrikam.com',
      'day;Day shift;bo.li@contoso.com',
    ]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(await membersOf('night')).toEqual([ann.id, eve.id].sort());
    // The adapter gets the id and keeps a hash of the name. Groups are applied side by side, in any order.
    const inOrder = changes().sort((a, b) => a.groupId.localeCompare(b.groupId));
    expect(inOrder).toMatchObject([
      { groupId: 'day', members: [{ id: bo.id }] },
      { groupId: 'night', members: [{ id: ann.id, nameHash: expect.any(String) }, { id: eve.id }] },
    ]);
    const lookUps = tenant.graph.calls().filter(({ path }) => path.startsWith('/v1.0/users'));
    expect(lookUps).toHaveLength(1);
  });

  it.each([
    ['memberUpn', 'bo@contoso.com'],
    ['memberEmployeeId', '1002'],
    ['memberSid', 'S-1-12-1-222534482-1326136350-2660127882-571178350'],
  ])('come by %s too', async (column, value) => {
    expect((await apply([`groupId,${column}`, `night,${value}`])).code).toBe(0);
    const [member] = await membersOf('night');
    expect(column === 'memberSid' ? member.slice(0, 8) : member).toBe(
      column === 'memberSid' ? '0d439b52' : bo.id,
    );
  });

  it('come as members of NDJSON, with a line and a pointer for whoever is not found', async () => {
    const members = [
      { type: 'user', mail: 'ann@contoso.com' },
      { type: 'user', mail: 'no@contoso.com' },
    ];
    await workspace.write('people.ndjson', JSON.stringify({ id: 'night', members }));
    const result = await run('apply', 'people.ndjson', '--new-connection', '--json');
    expect(result.code).toBe(1);
    expect(documents(result)[0]).toEqual({
      type: 'unresolved',
      line: 1,
      pointer: '/members/1',
      detail: 'nobody has this name',
    });
    expect(await membersOf('night')).toEqual([ann.id]);
  });

  it('that are unfound or ambiguous are listed by line; their group loses nobody, the others go on', async () => {
    await apply([
      'groupId,memberMail',
      'night,ann@contoso.com',
      'night,bo.li@contoso.com',
      'day,bo.li@contoso.com',
    ]);
    tenant.graph.users.set([
      ann,
      bo,
      eve,
      { ...ann, id: '99999999-52a4-4a0a-9d65-0b7a5c4f0a11', mail: eve.mail ?? null },
    ]);
    const rows = [
      'groupId,memberMail',
      'night,ann@contoso.com',
      'night,gone@contoso.com',
      'night,eve@fabrikam.com',
      'day,ann@contoso.com',
    ];
    const tried = await apply(rows, '--dry-run');
    expect(documents(tried).slice(0, 2)).toMatchObject([
      { type: 'unresolved', line: 3, detail: 'nobody has this name' },
      { type: 'unresolved', line: 4, detail: 'several people have this name' },
    ]);
    const before = changes().length;
    const result = await apply(rows);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('line 3: nobody has this name');
    expect(result.stdout + result.stderr).not.toContain('gone@');
    expect(documents(result).at(-1)).toMatchObject({ type: 'summary', unresolved: 2 });
    expect(await membersOf('night')).toEqual([ann.id, bo.id].sort());
    expect(await membersOf('day')).toEqual([ann.id]);
    expect(changes().length - before).toBe(1);

    expect((await apply(rows, '--allow-unresolved')).code).toBe(0);
    expect(await membersOf('night')).toEqual([ann.id]);
  });

  it('are not believed to be gone where the sign-in may not read the property: nothing is changed', async () => {
    await apply(['groupId,memberMail', 'night,ann@contoso.com']);
    await signIn('User.ReadBasic.All');
    const result = await apply(['groupId,memberEmployeeId', 'night,1002'], '--allow-unresolved');
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('may not read that property') });
    await signIn();
    const refused = await apply(['groupId,memberMail', 'night,bo.li@contoso.com']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('may not read users') });
    expect(await membersOf('night')).toEqual([ann.id]);
  });

  it('wait as long as the directory asks for', async () => {
    const match = { path: '/v1.0/users' };
    tenant.graph.setFaults([{ match, fault: { kind: 'throttle', retryAfter: '1' }, times: 1 }]);
    expect((await apply(['groupId,memberMail', 'night,ann@contoso.com'])).code).toBe(0);
    expect(await membersOf('night')).toEqual([ann.id]);
  });

  it('are found with all their groups, through nested ones too', async () => {
    const group = (id: string, ...members: object[]) => JSON.stringify({ id, displayName: id, members });
    const inner = (id: string) => ({ type: 'externalGroup', id });
    const lines = [
      group('night', { type: 'user', mail: 'ann@contoso.com' }),
      group('shifts', inner('Night')),
      group('all', inner('shifts'), inner('night')),
      group('day', { type: 'user', mail: 'bo.li@contoso.com' }, inner('all')),
      group('other', { type: 'user', id: bo.id }),
    ];
    await workspace.write('nested.ndjson', lines.join('\n'));
    expect((await run('apply', 'nested.ndjson', '--new-connection', '--json')).code).toBe(0);
    for (const asked of ['ann@contoso.com', ann.id.toUpperCase(), 'employeeId:1001']) {
      const [{ groups }] = documents(await run('list', '--member', asked, '--json'));
      const found = groups.map(({ id, membership }: { id: string; membership: { via: string | null } }) => [
        id,
        membership.via,
      ]);
      expect(found).toEqual([
        ['all', 'night'],
        ['day', 'all'],
        ['night', null],
        ['shifts', 'night'],
      ]);
    }
    expect((await run('list', '--member', 'all')).stdout).toContain('In 1 group.');
    const nobody = await run('list', '--member', 'nobody@contoso.com');
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining('Nobody has this name') });
  });

  it('are shown by name, where they have one still', async () => {
    await apply([
      'groupId,memberMail',
      'night,ann@contoso.com',
      'night,eve@fabrikam.com',
      'night,bo.li@contoso.com',
    ]);
    tenant.graph.users.set([ann, eve]);
    const [{ members }] = documents(await run('members', 'night', '--names', '--json'));
    const names = members.map(({ id, name }: { id: string; name: string | null }) => [id, name]);
    expect(new Map(names)).toEqual(
      new Map([
        [ann.id, 'ann@contoso.com'],
        [eve.id, 'eve@fabrikam.com'],
        [bo.id, null],
      ]),
    );
    expect((await run('members', 'night', '--names')).stdout).toMatch(
      /ann@contoso\.com[\s\S]*unknown|unknown[\s\S]*ann@/,
    );
    expect((await run('members', 'night')).stdout).not.toContain('@');
  });
});
