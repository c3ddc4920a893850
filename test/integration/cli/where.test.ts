import { chmod, mkdir } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../../../local/stack/azurite.ts';
import { createCertificate, writeCertificate } from '../../../local/stack/certificate.ts';
import { createTokenIssuer } from '../../../local/stand-ins/identity/token-issuer.ts';
import { type StartedStorage, startStorage } from '../../support/storage.ts';
import { document, runCli } from './run-cli.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

const list = ['dead-letters', 'list', '--json'];
const nothing = { deadLetters: [], more: false };

describe('the CLI', () => {
  let storage: StartedStorage;
  let empty: Workspace;
  let stale: Workspace;

  beforeAll(async () => {
    storage = await startStorage();
    empty = await createWorkspace();
    stale = await createWorkspace();
  });
  afterAll(async () => {
    await storage.close();
    await empty.remove();
    await stale.remove();
  });

  it('says how to start the local stack if none runs', async () => {
    for (const args of [
      list,
      ['send', '-'],
      ['send', '-', '--to', 'http'],
      ['operations', 'show', '0'.repeat(32)],
    ]) {
      const result = await runCli(args, { folder: empty.folder });
      expect(result).toMatchObject({ code: 1, stdout: '' });
      expect(result.stderr).toMatch(/^error: No local stack is running here .*npm start.*\n$/);
    }
  });

  it('knows the file of a stack that has ended, and one that is none', async () => {
    await stale.writeStack({ storage: storage.connectionString, pid: 2 ** 22 });
    expect((await runCli(list, { folder: stale.folder })).stderr).toMatch(/has ended.*npm start/);
    await stale.writeStack({ storage: 5 });
    expect((await runCli(list, { folder: stale.folder })).stderr).toMatch(
      /was not written by the local stack/,
    );
  });

  it('finds the local stack from a folder within the project', async () => {
    await stale.writeStack({ storage: storage.connectionString });
    await mkdir(stale.path('deep/down'), { recursive: true });
    expect(document(await runCli(list, { folder: stale.path('deep/down') }))).toEqual(nothing);
  });

  it('does not use the file of a stack that others may write to', async () => {
    await stale.writeStack({ storage: storage.connectionString });
    await chmod(stale.path('.local/stack.json'), 0o666);
    await mkdir(stale.path('below'), { recursive: true });
    const result = await runCli(list, { folder: stale.path('below') });
    await chmod(stale.path('.local/stack.json'), 0o600);
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(/stack\.json is not used: other users may write to it/);
  });

  it('takes storage from AzureWebJobsStorage, or from the variable that --storage names', async () => {
    const env = { AzureWebJobsStorage: storage.connectionString };
    expect(document(await runCli(list, { folder: empty.folder, env }))).toEqual(nothing);
    const other = { OTHER: storage.connectionString, AzureWebJobsStorage: 'nonsense' };
    const named = await runCli([...list, '--storage', 'OTHER'], { folder: empty.folder, env: other });
    expect(document(named)).toEqual(nothing);
  });

  it('never repeats a connection string, wherever it was put', async () => {
    const secret = storage.connectionString.slice(0, -2);
    const calls = [
      runCli([...list, '--storage', secret], { folder: empty.folder }),
      runCli([...list, '--account', secret], { folder: empty.folder }),
      runCli(list, {
        folder: empty.folder,
        env: { AzureWebJobsStorage: secret.replace('AccountName', 'Name') },
      }),
      runCli([...list, '--storage', 'S'], {
        folder: empty.folder,
        env: { S: 'AccountName=a;AccountKey=sesame' },
      }),
    ];
    for (const { code, stdout, stderr } of await Promise.all(calls)) {
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).not.toMatch(/Eby8vdM|sesame/);
    }
  });

  it('ends with one sentence when storage is away', async () => {
    const away = storage.connectionString.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:1');
    const result = await runCli(list, { folder: empty.folder, env: { AzureWebJobsStorage: away } });
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toBe(
      'error: Storage cannot be reached; check that it runs and that the address is right.\n',
    );
  });

  it.each([
    [[]],
    [['dead-letters']],
    [['nonsense']],
    [['dead-letters', 'list', '--nonsense']],
    [['dead-letters', 'list', '--limit', 'many']],
    [['dead-letters', 'list', '--storage', 'A', '--account', 'b']],
    [['send']],
    [['send', 'missing.ndjson']],
    [['send', '-', '--to', 'nowhere']],
    [['send', '-', '--url', 'https://localhost']],
  ])('called with %j ends with 2 and writes nothing on stdout', async (args) => {
    const env = { AzureWebJobsStorage: storage.connectionString };
    const result = await runCli(args, { folder: empty.folder, env });
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).not.toBe('');
  });

  it('explains itself and works', async () => {
    const help = await runCli(['--help'], { folder: empty.folder });
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/dead-letters[\s\S]*operations[\s\S]*send[\s\S]*Exit codes: 0 .*1 .*2 /);
    const env = { AzureWebJobsStorage: storage.connectionString };
    const sent = await runCli(['send', '-', '--connection', 'contosohr', '--json'], {
      folder: empty.folder,
      env,
      stdin: '{"id":"g1"}',
    });
    expect(document(sent)).toMatchObject({ accepted: 1 });
  });
});

describe('with the sign-in of the Azure CLI, the CLI', () => {
  let azurite: Azurite;
  let workspace: Workspace;
  let env: Record<string, string>;
  const undo: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const files = await writeCertificate(await createCertificate());
    azurite = await startAzurite({ oauth: files });
    workspace = await createWorkspace();
    undo.push(azurite.close, workspace.remove, files.remove);
    const { token } = createTokenIssuer().issue('https://storage.azure.com');
    const answer = JSON.stringify({
      accessToken: token,
      expiresOn: '2099-01-01 00:00:00.000000',
      expires_on: 4_070_908_800,
    });
    await mkdir(workspace.path('bin'));
    await workspace.write('bin/az', `#!/bin/sh\necho '${answer}'\n`);
    await chmod(workspace.path('bin/az'), 0o755);
    env = {
      PATH: `${workspace.path('bin')}${delimiter}${process.env.PATH}`,
      NODE_EXTRA_CA_CERTS: files.certFile,
      AzureWebJobsStorage__queueServiceUri: azurite.endpoints.queue,
      AzureWebJobsStorage__tableServiceUri: azurite.endpoints.table,
    };
  });
  afterAll(async () => {
    for (const step of undo) await step();
  });

  it('sends, lists and shows', async () => {
    const run = (args: string[], stdin = '') =>
      runCli([...args, '--json'], { folder: workspace.folder, env, stdin });
    expect(document(await run(['send', '-', '--connection', 'contosohr'], '{"id":"g1"}'))).toMatchObject({
      accepted: 1,
    });
    expect(document(await run(['dead-letters', 'list']))).toEqual(nothing);
    expect((await run(['operations', 'show', '0'.repeat(32)])).stderr).toMatch(/There is no operation/);
  });

  it('asks to sign in if nobody has', async () => {
    await workspace.write('bin/az', '#!/bin/sh\necho "Please run az login to setup account." >&2\nexit 1\n');
    const result = await runCli(list, { folder: workspace.folder, env });
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toBe('error: The Azure CLI is not signed in; run "az login" and try again.\n');
  });
});
