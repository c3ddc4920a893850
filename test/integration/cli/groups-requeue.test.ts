import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedStorage, startStorage } from '../../support/storage.ts';
import { type DeclaredGroupsAdapter, startDeclaredGroupsAdapter } from './declared-groups-adapter.ts';
import { document, runCli } from './run-cli.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

describe('groups retry, groups reassert and groups resequence', () => {
  let adapter: DeclaredGroupsAdapter;
  let storage: StartedStorage;
  let workspace: Workspace;
  beforeAll(async () => {
    [adapter, storage, workspace] = await Promise.all([
      startDeclaredGroupsAdapter(),
      startStorage(),
      createWorkspace(),
    ]);
    await workspace.writeStack({ storage: storage.connectionString, functionsUrl: adapter.url });
    for (const id of ['day', 'night', 'late'])
      await adapter.ledger.declare(
        { kind: 'put-group', connectionId: 'contosohr', groupId: id, displayName: null, description: null },
        { source: 'http', patience: 0, trace: { traceparent: '' }, log: () => undefined },
      );
  });
  afterAll(async () => {
    await Promise.all([adapter.close(), storage.close(), workspace.remove()]);
  });

  const groups = (...args: string[]) =>
    runCli(['groups', ...args, '--connection', 'contosohr', '--json'], { folder: workspace.folder });

  it('put a message for each group on the queue', async () => {
    const result = await groups('retry', 'day', 'night');
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(document(result)).toEqual({ retry: 2, groups: 2 });
    expect(await storage.receive('changes')).toEqual(
      expect.arrayContaining([
        { connectionId: 'contosohr', groupId: 'day', retry: true },
        { connectionId: 'contosohr', groupId: 'night', retry: true },
      ]),
    );
  });

  it('mend a sequence with a message for each group', async () => {
    const result = await groups('resequence', 'day', 'night', '--sequence', '1000');
    expect(document(result)).toEqual({ resequence: 2, groups: 2 });
    expect(await storage.receive('changes')).toEqual(
      expect.arrayContaining([
        { connectionId: 'contosohr', groupId: 'day', resequence: 1000 },
        { connectionId: 'contosohr', groupId: 'night', resequence: 1000 },
      ]),
    );
    expect(await groups('resequence', 'day')).toMatchObject({ code: 2 });
    expect(await groups('resequence', 'day', '--sequence', '-1')).toMatchObject({ code: 2 });
  });

  it('take all that has failed, or all that is declared', async () => {
    expect(document(await groups('retry', '--all'))).toEqual({ retry: 0, groups: 0 });
    expect(document(await groups('reassert', '--all', '--yes'))).toEqual({ reassert: 3, groups: 3 });
    expect(await storage.receive('changes')).toHaveLength(3);
  });

  it('are not run on all groups without --all', async () => {
    expect(await groups('reassert', '--all')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--yes'),
    });
    expect(await groups('retry')).toMatchObject({ code: 2 });
    expect(await groups('retry', 'day', '--all')).toMatchObject({ code: 2 });
    expect(await storage.receive('changes')).toEqual([]);
  });

  it('are signed changes where a secret is held, and nothing is put on the queue', async () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    adapter.askForSignatures([secret]);
    adapter.ledger.changes.length = 0;
    const args = [
      'groups',
      'reassert',
      'day',
      'late',
      '--connection',
      'contosohr',
      '--signing-secret',
      'SECRET',
    ];
    const result = await runCli(args, { folder: workspace.folder, env: { SECRET: secret } });
    adapter.askForSignatures([]);
    expect(result).toMatchObject({ code: 0 });
    expect(adapter.ledger.changes).toEqual(
      expect.arrayContaining([
        { connectionId: 'contosohr', groupId: 'day', kind: 'reassert' },
        { connectionId: 'contosohr', groupId: 'late', kind: 'reassert' },
      ]),
    );
    expect(await storage.receive('changes')).toEqual([]);
  });

  it('leave verification to the adapter, a message away', async () => {
    expect(document(await groups('verify'))).toEqual({ verify: 'contosohr' });
    const queue = await storage.queue('external-group-verifications');
    const [message] = (await queue.receiveMessages()).receivedMessageItems;
    const text = Buffer.from(message?.messageText ?? '', 'base64').toString();
    expect(JSON.parse(text)).toEqual({ connectionId: 'contosohr', partition: 0 });
  });
});
