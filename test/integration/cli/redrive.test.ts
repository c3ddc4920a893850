import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createReadCreation } from '../../../src/creations/message.ts';
import { toDeadLetter } from '../../../src/queue/dead-letter.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import {
  deliveryOf,
  failed,
  type OperatorStorage,
  oldMessage,
  startOperatorStorage,
  within,
} from './operator-storage.ts';
import { document, runCli, startCli } from './run-cli.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

describe('dead-letters redrive', () => {
  let storage: OperatorStorage;
  let workspace: Workspace;
  const redrive = (...args: string[]) =>
    runCli(['dead-letters', 'redrive', ...args, '--json'], { folder: workspace.folder });

  beforeAll(async () => {
    storage = await startOperatorStorage();
    workspace = await createWorkspace();
    await workspace.writeStack({ storage: storage.connectionString });
  });
  beforeEach(() => storage.clear());
  afterAll(async () => {
    await storage.close();
    await workspace.remove();
  });

  it('puts the envelope back as a new, uncertain delivery of the same operation and trace', async () => {
    const message = oldMessage('a1');
    await storage.putDeadLetter({ message });
    const before = new Date().toISOString();
    const result = await redrive(message.operationId);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(document(result)).toMatchObject({
      dryRun: false,
      redriven: 1,
      finished: 0,
      refused: 0,
      failed: 0,
      more: false,
      letters: [{ operationId: message.operationId, groupId: 'a1', code: 'gave-up', result: 'redriven' }],
    });
    const [queued] = await storage.receive('work');
    expect(queued).toEqual({
      ...message,
      deliveryId: expect.not.stringMatching(message.deliveryId ?? ''),
      reason: 'queued',
      attempts: 0,
      uncertain: true,
      redrivenDateTime: expect.any(String),
    });
    expect(String(queued?.redrivenDateTime) >= before).toBe(true);
    expect(createReadCreation({ idCharacters: 'alphanumeric', isAllowed: () => true })(queued)).toMatchObject(
      {
        kind: 'readable',
        refused: null,
      },
    );
    expect(await storage.count('deadLetters')).toBe(0);
  });

  it('lets the operation read notStarted at once', async () => {
    const message = oldMessage('b1');
    await storage.operations.record(failed(message), deliveryOf(message), within);
    await storage.putDeadLetter({ message });
    await redrive(message.operationId);
    const operation = await storage.operations.read(message.operationId, within);
    expect(operation).toMatchObject({ status: 'notStarted', reason: 'queued', attempts: 0 });
    expect(operation?.error).toBeUndefined();
  });

  it('names a delivery later than the one that failed, though this clock is behind', async () => {
    const ahead = new Date(Date.now() + 3_600_000).toISOString();
    const message = oldMessage('b2', { firstQueuedDateTime: ahead });
    await storage.operations.record(failed(message), deliveryOf(message), within);
    await storage.putDeadLetter({ message });
    await redrive(message.operationId);
    const [queued] = await storage.receive('work');
    expect(queued).toMatchObject({ firstQueuedDateTime: ahead });
    expect(String(queued?.redrivenDateTime) > ahead).toBe(true);
    // Operations are ordered by the clock of the queue, as its worker orders them: only a success takes this one's place.
    expect(await storage.operations.read(message.operationId, within)).toMatchObject({ status: 'failed' });
  });

  it('takes a message id as well, and only that letter', async () => {
    const message = oldMessage('c1');
    await storage.putDeadLetter({ message });
    const messageId = await storage.putDeadLetter({ message });
    expect(document(await redrive(messageId))).toMatchObject({ redriven: 1 });
    expect(await storage.count('deadLetters')).toBe(1);
  });

  it('redrives by code and connection together, and gives the others back', async () => {
    const refused = { code: 'graph-rejected', detail: 'Graph refused the group.', members: {} } as const;
    await storage.putDeadLetter({ message: oldMessage('d1') });
    await storage.putDeadLetter({ message: oldMessage('d2', { connectionId: 'fabrikam' }) });
    await storage.putDeadLetter({ message: oldMessage('d3') }, refused);
    const result = await redrive('--code', 'gave-up', '--connection', 'contosohr', '--yes');
    expect(document(result)).toMatchObject({ redriven: 1, letters: [{ groupId: 'd1' }] });
    const left = await storage.receive('deadLetters');
    expect(left.map(({ group }) => (group as { id: string }).id).sort()).toEqual(['d2', 'd3']);
  });

  it('stops at --max and says that there are more', async () => {
    for (let index = 0; index < 40; index += 1)
      await storage.putDeadLetter({ message: oldMessage(`e${index}`) });
    const result = await redrive('--all', '--yes', '--max', '35');
    expect(result.code).toBe(0);
    expect(document(result)).toMatchObject({ redriven: 35, more: true });
    expect(await storage.count('work')).toBe(35);
    expect(await storage.receive('deadLetters')).toHaveLength(5);
  });

  it('only looks with --dry-run', async () => {
    const message = oldMessage('f1');
    await storage.putDeadLetter({ message });
    const result = await redrive('--all', '--dry-run');
    expect(result.code).toBe(0);
    expect(document(result)).toMatchObject({ dryRun: true, planned: 1, redriven: 0 });
    expect(document(result)).toMatchObject({ letters: [{ groupId: 'f1', result: 'planned' }] });
    expect(await storage.count('work')).toBe(0);
    const [letter, ...others] = await storage.receive('deadLetters');
    expect(letter).toMatchObject(message);
    expect(letter).not.toHaveProperty('redrive');
    expect(others).toEqual([]);
  });

  it.each([
    ['whose message could not be read', { raw: Buffer.from('{"connectionId": "contosohr", "grou') }, /bytes/],
    [
      'whose group was cut',
      { message: oldMessage('g1', { group: { id: 'g1', description: 'é'.repeat(30_000) } }) },
      /cut/,
    ],
    [
      'whose group the adapter refuses for its size',
      { message: oldMessage('g2', { group: { id: 'g2', description: 'x'.repeat(40_000) } }) },
      /32 KiB/,
    ],
  ])('leaves a letter %s in place, says why, and ends with 1', async (_which, content, reason) => {
    await storage.putDeadLetter(content);
    const good = oldMessage('g9');
    await storage.putDeadLetter({ message: good });
    const result = await redrive('--all', '--yes');
    expect(result.code).toBe(1);
    expect(document(result)).toMatchObject({ redriven: 1, refused: 1 });
    expect(document(result).letters).toContainEqual(
      expect.objectContaining({ result: 'refused', reason: expect.stringMatching(reason) }),
    );
    expect(await storage.receive('deadLetters')).toHaveLength(1);
    expect(await storage.receive('work')).toHaveLength(1);
  });

  it('tries the reader of this release on the whole bytes of a message that another one could not read', async () => {
    const own = oldMessage('r1', { group: { id: 'r_1' } });
    const plain = JSON.stringify({ connectionId: 'contosohr', group: { id: 'r2' } });
    await storage.putDeadLetter({ raw: Buffer.from(JSON.stringify(own)) });
    await storage.putDeadLetter({ raw: Buffer.from(plain) });
    const later = { version: 2, connectionId: 'contosohr', group: { id: 'r3' } };
    await storage.putDeadLetter({ raw: Buffer.from(JSON.stringify(later)) });
    await storage.putDeadLetter({ raw: Buffer.from(`${plain}${' '.repeat(48_000)}`) });
    const result = document(await redrive('--all', '--yes'));
    expect(result).toMatchObject({ redriven: 2, refused: 2 });
    const reasons = result.letters.map(({ reason }: { reason?: string }) => reason).join('; ');
    expect(reasons).toMatch(/version 2; redrive it with the release that wrote it/);
    expect(reasons).toMatch(/the first of its bytes/);
    const queued = await storage.receive('work');
    const { deliveryId, ...kept } = own;
    expect(queued).toContainEqual(
      expect.objectContaining({ ...kept, reason: 'queued', attempts: 0, uncertain: true }),
    );
    expect(queued.map(({ group }) => (group as { id: string }).id).sort()).toEqual(['r2', 'r_1']);
  });

  it('skips what a deletion has superseded, counts it, and refuses it by its id', async () => {
    const superseded = { code: 'superseded', detail: 'The group was deleted here.', members: {} } as const;
    const message = oldMessage('s1');
    await storage.putDeadLetter({ message }, superseded);
    await storage.putDeadLetter({ message: oldMessage('s2') });
    const all = await redrive('--all', '--yes');
    expect(all.code).toBe(0);
    expect(document(all)).toMatchObject({ redriven: 1, refused: 0, skipped: 1 });
    expect(document(all).letters).toContainEqual(
      expect.objectContaining({
        groupId: 's1',
        result: 'skipped',
        reason: expect.stringMatching(/declare it with PUT$/),
      }),
    );
    const named = await redrive(message.operationId);
    expect(named.code).toBe(1);
    expect(document(named)).toMatchObject({ redriven: 0, skipped: 1 });
    expect(await storage.receive('work')).toMatchObject([{ group: { id: 's2' } }]);
    expect(await storage.receive('deadLetters')).toHaveLength(1);
  });

  it('puts a change back on the queue of changes, as its producer sent it', async () => {
    const change = { connectionId: 'contosohr', groupId: 'c1', sequence: 7, delete: true };
    const refused = { code: 'connection-not-allowed', detail: 'Not on the list.', members: {} } as const;
    const letter = (message: object) =>
      toDeadLetter(queueNames.changes, { message }, refused, '2026-01-02T03:04:05.678Z');
    await storage.sendJson(letter({ ...change, version: 1, deliveryId: 'd', attempts: 2 }), 'deadLetters');
    const raw = Buffer.from(JSON.stringify({ ...change, groupId: 'c2' }));
    await storage.sendJson(
      toDeadLetter(queueNames.changes, { raw }, refused, '2026-01-02T03:04:05.678Z'),
      'deadLetters',
    );
    await storage.sendJson(letter({ ...change, groupId: 'c3', colour: 'red' }), 'deadLetters');
    await storage.sendJson({ ...letter(change), queue: 'elsewhere' }, 'deadLetters');
    const result = document(await redrive('--all', '--yes'));
    expect(result).toMatchObject({ redriven: 2, refused: 2 });
    expect(result.letters).toContainEqual(
      expect.objectContaining({ connectionId: 'contosohr', groupId: 'c1', operationId: null }),
    );
    const queued = await storage.receive('changes');
    expect(queued).toContainEqual(change);
    expect(queued).toContainEqual({ ...change, groupId: 'c2' });
    expect(await storage.count('work')).toBe(0);
  });

  it('leaves what something else put into the queue', async () => {
    await storage.send('deadLetters', 'no base64 {');
    await storage.sendJson([1, 2], 'deadLetters');
    await storage.sendJson({ connectionId: 'contosohr', group: { id: 'x', colour: 'red' } }, 'deadLetters');
    const result = await redrive('--all', '--yes');
    expect(document(result)).toMatchObject({ redriven: 0, refused: 3 });
    expect(result.code).toBe(1);
    expect(await storage.count('work')).toBe(0);
  });

  it('redrives the largest letter there is: the mark still fits', async () => {
    const requested = { id: 'h1', description: 'x'.repeat(32_000) };
    const message = oldMessage('h1', { group: requested });
    const conflict = (pad: number) => {
      const existing = { id: 'h1', description: 'y'.repeat(pad) };
      return { code: 'group-conflict', detail: 'A group exists.', members: { existing } } as const;
    };
    // As close to the limit as possible, one byte at a time.
    const rest = `,"queue":"${queueNames.work}","deadLetteredDateTime":"2026-01-02T03:04:05.678Z"`.length;
    const size = Buffer.byteLength(JSON.stringify({ ...message, error: conflict(0) })) + rest;
    await storage.putDeadLetter({ message }, conflict(48 * 1024 - size));
    expect(document(await redrive('--all', '--yes'))).toMatchObject({ redriven: 1 });
    expect(await storage.receive('work')).toMatchObject([{ group: requested }]);
    expect(await storage.count('deadLetters')).toBe(0);
  });

  it('needs a selection and a confirmation', async () => {
    await storage.putDeadLetter({ message: oldMessage('i1') });
    const aimless = await redrive();
    expect(aimless).toMatchObject({ code: 2, stdout: '' });
    expect(aimless.stderr).toMatch(/--all/);
    const unasked = await redrive('--all');
    expect(unasked).toMatchObject({ code: 2, stdout: '' });
    expect(unasked.stderr).toMatch(/--yes/);
    expect(await storage.receive('deadLetters')).toHaveLength(1);
  });

  it('redrives nothing when one of the ids is unknown', async () => {
    const message = oldMessage('j1');
    await storage.putDeadLetter({ message });
    const result = await redrive(message.operationId, '0'.repeat(32));
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(/000000.*nothing was redriven/);
    expect(await storage.receive('deadLetters')).toHaveLength(1);
  });

  it('speaks in sentences without --json', async () => {
    await storage.putDeadLetter({ message: oldMessage('k1') });
    await storage.putDeadLetter({ raw: Buffer.from('\u001b[2Jgone') });
    const { stdout, code } = await startCli(['dead-letters', 'redrive', '--all', '--yes'], {
      folder: workspace.folder,
    }).ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/left in place {2}\(unreadable\) .*could not be read/);
    expect(stdout).toMatch(/1 dead letter redriven in local stack \(127\.0\.0\.1:\d+\); 1 left in place\./);
    expect(stdout).not.toContain('\u001b');
  });
});
