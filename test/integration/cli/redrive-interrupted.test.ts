import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { queueNames } from '../../../src/storage/queues.ts';
import type { Passing, Verdict } from '../../support/queue-proxy.ts';
import { until } from '../../support/until.ts';
import {
  deliveryOf,
  failed,
  type OperatorStorage,
  oldMessage,
  startOperatorStorage,
  within,
} from './operator-storage.ts';
import { isSend, type ProxiedStorage, startProxiedStorage } from './proxied-storage.ts';
import { type CliResult, document, runCli, startCli } from './run-cli.ts';

/** Short, because the tests wait until it ends; a busy machine may still lose it, and the command is then run again. */
const args = ['dead-letters', 'redrive', '--all', '--yes', '--json', '--lease', '3'];

const marks = ({ method, path }: Passing) =>
  method === 'PUT' && path.includes(`/${queueNames.deadLetters}/messages/`);
const deletes = ({ method, path }: Passing) =>
  method === 'DELETE' && path.includes(`/${queueNames.deadLetters}/`);

describe('a redrive that is interrupted', () => {
  let proxied: ProxiedStorage<OperatorStorage>;
  beforeAll(async () => {
    proxied = await startProxiedStorage(startOperatorStorage());
  });
  beforeEach(() => proxied.reset());
  afterAll(() => proxied.close());

  /** Runs the CLI and kills it at the first request of a kind; again if the lease was lost before that. */
  async function killedAt(isTheOne: (passing: Passing) => boolean, verdict: Verdict): Promise<CliResult> {
    for (;;) {
      const { child, ended } = startCli(args, { folder: proxied.workspace.folder });
      proxied.proxy.judge((passing) => {
        if (!isTheOne(passing)) return 'pass';
        child.kill('SIGKILL');
        return verdict;
      });
      const result = await ended;
      proxied.proxy.judge(() => 'pass');
      if (result.signal === 'SIGKILL') return result;
    }
  }

  /** Runs it again until the dead letter is visible again and has been handled within its lease. */
  async function finished(): Promise<CliResult> {
    for (;;) {
      const result = await runCli(args, { folder: proxied.workspace.folder });
      const { redriven, finished } = document(result);
      if (redriven + finished > 0) return result;
    }
  }

  it('before it marks has done nothing: the next one redrives', async () => {
    await proxied.storage.putDeadLetter({ message: oldMessage('a1') });
    await killedAt(marks, 'drop');
    expect(await proxied.storage.count('work')).toBe(0);
    expect(document(await finished())).toMatchObject({ redriven: 1, finished: 0 });
    expect(await proxied.storage.receive('work')).toHaveLength(1);
    expect(await proxied.storage.count('deadLetters')).toBe(0);
  });

  it('between mark and send is taken up under the same name', async () => {
    await proxied.storage.putDeadLetter({ message: oldMessage('b1') });
    await killedAt(isSend, 'drop');
    expect(await proxied.storage.count('work')).toBe(0);
    const listed = await untilListed();
    expect(document(await finished())).toMatchObject({ redriven: 1 });
    expect(await proxied.storage.receive('work')).toMatchObject([{ redrivenDateTime: listed.redriveBegan }]);
    expect(await proxied.storage.count('deadLetters')).toBe(0);
  });

  it('after the send, before anyone heard of it, sends a copy of the same delivery and no other', async () => {
    const message = oldMessage('c1');
    await proxied.storage.operations.record(failed(message), deliveryOf(message), within);
    await proxied.storage.putDeadLetter({ message });
    // The last request that gets a response is the send itself; the table has not been updated.
    await killedAt(isSend, 'answer-lost');
    await until(async () => (await proxied.storage.count('work')) === 1);
    expect(document(await finished())).toMatchObject({ redriven: 1 });
    const copies = await proxied.storage.receive('work');
    expect(copies).toHaveLength(2);
    expect(copies[1]).toEqual(copies[0]);
    expect(await proxied.storage.count('deadLetters')).toBe(0);
  });

  it('between send and delete is only cleared away: the work queue holds that one delivery', async () => {
    const message = oldMessage('d1');
    await proxied.storage.operations.record(failed(message), deliveryOf(message), within);
    await proxied.storage.putDeadLetter({ message });
    await killedAt(deletes, 'drop');
    expect(await proxied.storage.count('work')).toBe(1);
    const result = await finished();
    expect(result.code).toBe(0);
    expect(document(result)).toMatchObject({ redriven: 0, finished: 1, letters: [{ result: 'finished' }] });
    expect(await proxied.storage.receive('work')).toHaveLength(1);
    expect(await proxied.storage.count('deadLetters')).toBe(0);
  });

  it('is not mistaken for done by a later delivery of the same operation', async () => {
    const message = oldMessage('e1');
    const newer = { ...failed(message), status: 'succeeded' } as const;
    await proxied.storage.putDeadLetter({ message });
    await killedAt(isSend, 'drop');
    const later = { id: 'later', queuedAt: new Date(Date.now() + 60_000).toISOString() };
    await proxied.storage.operations.record(newer, later, within);
    expect(document(await finished())).toMatchObject({ redriven: 1, finished: 0 });
    expect(await proxied.storage.receive('work')).toMatchObject([{ group: { id: 'e1' } }]);
  });

  it('tells that letters are hidden until the lease ends', async () => {
    await proxied.storage.putDeadLetter({ message: oldMessage('f1') });
    const { child, ended } = startCli([...args, '--lease', '600'], { folder: proxied.workspace.folder });
    proxied.proxy.judge((passing) => {
      if (marks(passing)) child.kill('SIGKILL');
      return marks(passing) ? 'drop' : 'pass';
    });
    await ended;
    proxied.proxy.judge(() => 'pass');
    const result = await runCli(['dead-letters', 'list'], { folder: proxied.workspace.folder });
    expect(result).toMatchObject({ code: 0, stdout: 'No dead letters.\n' });
    expect(result.stderr).toMatch(/About 1 more are hidden/);
  });

  it('by a failing send gives the letter back at once, marked, and ends with 1', async () => {
    await proxied.storage.putDeadLetter({ message: oldMessage('g1') });
    proxied.proxy.judge((passing) => (isSend(passing) ? 'drop' : 'pass'));
    const result = await runCli([...args, '--lease', '600'], { folder: proxied.workspace.folder });
    expect(result.code).toBe(1);
    expect(document(result)).toMatchObject({ redriven: 0, failed: 1, letters: [{ result: 'failed' }] });
    const [letter] = await proxied.storage.receive('deadLetters');
    expect(letter).toMatchObject({ group: { id: 'g1' }, redrive: { at: expect.any(String) } });
  });

  function untilListed(): Promise<{ redriveBegan: string }> {
    return until(async () => {
      const listed = document(
        await runCli(['dead-letters', 'list', '--json'], { folder: proxied.workspace.folder }),
      );
      return listed.deadLetters[0];
    });
  }
});
