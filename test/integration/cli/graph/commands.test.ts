import { chmod, mkdir } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { document, runCli } from '../run-cli.ts';
import { createWorkspace, type Workspace } from '../workspace.ts';
import { audience, globalAdministrator, openTenant, type Tenant } from './tenant.ts';

const client = 'aaaaaaaa-0000-4000-8000-000000000001';

describe('the commands for Graph', () => {
  let tenant: Tenant;
  let workspace: Workspace;
  beforeAll(async () => {
    tenant = await openTenant();
    workspace = await createWorkspace();
    const operatorToken = tenant.tokens.issueToOperator(audience, {
      scopes: ['AppRoleAssignment.ReadWrite.All', 'ExternalConnection.ReadWrite.All'],
      directoryRoles: [globalAdministrator],
    });
    await workspace.writeStack({
      storage: 'UseDevelopmentStorage=true',
      graph: { url: tenant.graph.url, certificate: tenant.tls.cert, operatorToken },
    });
    await mkdir(workspace.path('bin'));
  });
  afterAll(async () => {
    await tenant.close();
    await workspace.remove();
  });
  beforeEach(() => tenant.graph.reset());

  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    runCli(args, { folder: workspace.folder, env });
  const objectId = () => tenant.tokens.identity.objectId;

  /** A stand-in for the Azure CLI when asked for tokens: a program with this output and exit code. */
  async function signIn(script: string): Promise<Record<string, string>> {
    await workspace.write('bin/az', `#!/bin/sh\n${script}\n`);
    await chmod(workspace.path('bin/az'), 0o755);
    return { PATH: `${workspace.path('bin')}${delimiter}${process.env.PATH}` };
  }

  it('grant once, and say so to scripts', async () => {
    const grant = ['grant', '--identity', objectId(), '--local', '--json'];
    const dry = await run([...grant, '--dry-run']);
    expect([dry.code, document(dry).outcome]).toEqual([0, 'would-grant']);
    const first = await run(grant);
    expect([first.code, document(first).outcome]).toEqual([0, 'granted']);
    const second = await run(grant);
    expect([second.code, document(second).outcome]).toEqual([0, 'was-granted']);
  });

  it('show, create and authorise a connection', async () => {
    const create = ['connection', 'create', 'newHr', '--name', 'New HR', '--local', '--json'];
    expect(document(await run(create))).toMatchObject({ outcome: 'changed' });
    const show = ['connection', 'show', 'newHr', '--identity', client, '--local', '--json'];
    const before = await run(show);
    expect([before.code, document(before).authorized]).toEqual([1, false]);
    expect(before.stderr).toContain(`external-groups connection authorize newHr --identity ${client}`);
    const authorize = await run([
      'connection',
      'authorize',
      'newHr',
      '--identity',
      client,
      '--local',
      '--json',
    ]);
    expect([authorize.code, document(authorize).outcome]).toEqual([0, 'changed']);
    const after = await run(show);
    expect([after.code, document(after)]).toMatchObject([
      0,
      { authorized: true, connection: { id: 'newHr' } },
    ]);
    const missing = await run(['connection', 'show', 'nowhere', '--local']);
    expect(missing).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('shows this sign-in no connection nowhere'),
    });
  });

  it.each([
    ['is not signed in', 'echo "Please run az login to setup account." >&2; exit 1', /"az login"/],
    ['is not there', 'exec /nonexistent/az', /Azure CLI/],
    ['says nonsense', 'echo "{"', /Azure CLI/],
  ])('end with 3 and the commands to pass on if the Azure CLI %s', async (_what, script, why) => {
    const env = await signIn(script);
    const granted = await run(['grant', '--identity', objectId()], env);
    expect(granted.code).toBe(3);
    expect(granted.stderr).toMatch(why);
    expect(granted.stdout).toMatch(
      /Privileged Role Administrator[\s\S]*az rest --method POST[\s\S]*New-MgServicePrincipal/,
    );
    const authorize = ['connection', 'authorize', 'contosohr', '--identity', client, '--json'];
    const authorized = await run(authorize, { ...env, GRAPH_CLOUD: 'usgov-l4' });
    expect(authorized.code).toBe(3);
    const { outcome, commands } = document(authorized);
    expect(outcome).toBe('not-permitted');
    expect(commands.az[0]).toBe('az cloud set --name AzureUSGovernment');
    expect(commands.powershell.join()).toContain('https://graph.microsoft.us/');
  });

  it.each([
    [['grant', '--identity', 'nobody']],
    [['grant', '--identity', client, '--role', 'two words']],
    [['grant', '--identity', client, '--cloud', 'global', '--local']],
    [['connection', 'show', 'not-a-connection']],
    [['doctor', '--url', 'https://localhost']],
  ])('called with %j end with 2 and say nothing on stdout', async (args) => {
    const result = await run(args);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).not.toBe('');
  });

  it('never repeat a key that stands where its name should', async () => {
    const result = await run(['doctor', '--url', 'https://localhost', '--key', 'sesame-sesame']);
    expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.not.stringContaining('sesame') });
  });

  it('do not go to the local stack unless asked to', async () => {
    await run(['grant', '--identity', objectId()], await signIn('exit 1'));
    expect(tenant.graph.calls()).toEqual([]);
  });
});
