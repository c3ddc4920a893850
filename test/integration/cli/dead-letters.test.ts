import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OperatorStorage, oldMessage, startOperatorStorage } from './operator-storage.ts';
import { document, runCli } from './run-cli.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

describe('dead-letters', () => {
  let storage: OperatorStorage;
  let workspace: Workspace;
  const run = (...args: string[]) => runCli(['dead-letters', ...args], { folder: workspace.folder });

  beforeAll(async () => {
    storage = await startOperatorStorage();
    workspace = await createWorkspace();
    await workspace.writeStack({ storage: storage.connectionString });
  });
  afterAll(async () => {
    await storage.close();
    await workspace.remove();
  });

  it('list says so when there is not even a queue', async () => {
    expect(await run('list')).toMatchObject({ code: 0, stdout: 'No dead letters.\n', stderr: '' });
    expect(document(await run('list', '--json'))).toEqual({ deadLetters: [], more: false });
  });

  describe('in a queue', () => {
    beforeEach(() => storage.clear());

    it('list shows for scripts what each letter is about', async () => {
      const message = oldMessage('a1');
      const messageId = await storage.putDeadLetter({ message });
      await storage.putDeadLetter(
        { raw: Buffer.from('{"broken'), operationId: '1'.repeat(32) },
        { code: 'malformed-json', detail: 'The message is not JSON.', members: {} },
      );
      const listed = document(await run('list', '--json'));
      expect(listed.more).toBe(false);
      expect(listed.deadLetters).toHaveLength(2);
      expect(listed.deadLetters).toContainEqual({
        messageId,
        queue: 'external-group-creations',
        operationId: message.operationId,
        connectionId: 'contosohr',
        groupId: 'a1',
        code: 'gave-up',
        detail: 'Given up after 7 attempts.',
        attempts: 7,
        deadLetteredDateTime: '2026-01-02T03:04:05.678Z',
        redrivable: true,
      });
      expect(listed.deadLetters).toContainEqual(
        expect.objectContaining({
          operationId: '1'.repeat(32),
          groupId: null,
          redrivable: false,
          obstacle: expect.any(String),
        }),
      );
    });

    it('list shows a person one line for each, and the sum', async () => {
      const message = oldMessage('a1');
      await storage.putDeadLetter({ message });
      const { stdout, stderr } = await run('list');
      expect(stdout).toBe(
        `2026-01-02 03:04:05Z  gave-up  contosohr/a1  ${message.operationId}  7 attempts\n1 dead letter: 1 gave-up.\n`,
      );
      expect(stderr).toBe('');
    });

    it('list goes beyond the 32 that can be peeked at, and everything is visible again afterwards', async () => {
      for (let index = 0; index < 70; index += 1)
        await storage.putDeadLetter({ message: oldMessage(`m${index}`) });
      const { deadLetters: listed, more } = document(await run('list', '--json'));
      expect(new Set(listed.map(({ groupId }: { groupId: string }) => groupId)).size).toBe(70);
      expect(more).toBe(false);
      expect(await storage.receive('deadLetters')).toHaveLength(70);
    });

    it('list narrows by code, connection and operation, and stops at --limit', async () => {
      const other = oldMessage('b2', { connectionId: 'fabrikam' });
      await storage.putDeadLetter({ message: oldMessage('b1') });
      await storage.putDeadLetter({ message: other });
      await storage.putDeadLetter(
        { message: oldMessage('b3') },
        { code: 'crashed', detail: 'The host gave up.', members: {} },
      );
      const groups = async (...args: string[]) =>
        document(await run('list', '--json', ...args)).deadLetters.map(
          ({ groupId }: { groupId: string }) => groupId,
        );
      expect(await groups('--code', 'crashed')).toEqual(['b3']);
      expect(await groups('--connection', 'fabrikam')).toEqual(['b2']);
      expect(await groups('--operation', other.operationId)).toEqual(['b2']);
      expect(document(await run('list', '--json', '--limit', '2'))).toMatchObject({
        more: true,
        deadLetters: [{}, {}],
      });
      expect(document(await run('list', '--json', '--limit', '3'))).toMatchObject({ more: false });
    });

    it('show finds by message id and by operation id, with all that the letter says', async () => {
      const message = oldMessage('c1');
      const first = await storage.putDeadLetter({ message });
      await storage.putDeadLetter({ message });
      const one = document(await run('show', first, '--json'));
      expect(one.deadLetters).toMatchObject([
        { messageId: first, redrivable: true, letter: { ...message, error: { code: 'gave-up' } } },
      ]);
      expect(document(await run('show', message.operationId, '--json')).deadLetters).toHaveLength(2);
    });

    it('show spells out the bytes of what could not be read, with no control characters', async () => {
      const id = await storage.putDeadLetter(
        { raw: Buffer.from('{"a\u001b[31m') },
        { code: 'malformed-json', detail: 'Not JSON.', members: {} },
      );
      const { stdout, code } = await run('show', id);
      expect(code).toBe(0);
      expect(stdout).toMatch(/bytes +\{"a\\u001b\[31m/);
      expect(stdout).toMatch(/redrive +not possible: the message could not be read/);
      expect(stdout).not.toContain('\u001b');
    });

    it('show and list give scripts JSON without control characters, and that says the same', async () => {
      const obeyed = 'x\u009b31m\u0085\u2028\u202e\u2066\u200f';
      const error = { code: 'graph-rejected', detail: obeyed, members: {} } as const;
      const id = await storage.putDeadLetter({ message: oldMessage('d1') }, error);
      for (const result of [await run('list', '--json'), await run('show', id, '--json')]) {
        expect(document(result).deadLetters[0].detail).toBe(obeyed);
        expect(result.stdout).not.toMatch(/[\u007f-\u009f\u2028\u2029\u200f\u202e\u2066]/);
      }
    });

    it('show and list stand what something else put there', async () => {
      await storage.send('deadLetters', 'plain');
      const strange = { connectionId: 7, group: null, error: 'x', redrive: 5, operationId: {} };
      await storage.sendJson(strange, 'deadLetters');
      expect(document(await run('list', '--json')).deadLetters).toHaveLength(2);
      expect((await run('list')).stdout).toMatch(/\(unreadable\)[\s\S]*2 dead letters: 2 unknown\./);
    });

    it('show of an unknown id fails with one sentence', async () => {
      const result = await run('show', 'nothing', '--json');
      expect(result).toMatchObject({ code: 1, stdout: '' });
      expect(result.stderr).toBe('error: No dead letter has the message id or operation id "nothing".\n');
    });
  });
});
