import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { problemDetails } from '../../../src/problems/problem.ts';
import { createReportDiscards } from '../../../src/queue/report-discards.ts';
import { createDiscards } from '../../../src/storage/discards.ts';
import {
  deliveryOf,
  failed,
  type OperatorStorage,
  oldMessage,
  startOperatorStorage,
  within,
} from './operator-storage.ts';
import { document, runCli } from './run-cli.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

describe('dead-letters discard', () => {
  let storage: OperatorStorage;
  let workspace: Workspace;
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

  const discard = (...args: string[]) =>
    runCli(['dead-letters', 'discard', ...args, '--json'], { folder: workspace.folder });
  const why = ['--reason', 'Not needed any more (ticket 4711)'] as const;

  /** What the app tells of in its next run. */
  async function told() {
    const events: unknown[] = [];
    const setting = { kind: 'connection-string', connectionString: storage.connectionString } as const;
    const discards = createDiscards(setting, () => Promise.reject(new Error('no identity here')));
    const telemetry = { event: (...given: unknown[]) => void events.push(given) };
    const tell = createReportDiscards(discards, telemetry);
    await tell({ log: (...line) => void events.push(line) });
    return events;
  }

  it('deletes the letter, and tells the reason in the operation and once in telemetry', async () => {
    const message = oldMessage('a1');
    const error = problemDetails('gave-up', 'Given up after 7 attempts.', '/x', {});
    await storage.operations.record({ ...failed(message), error }, deliveryOf(message), within);
    await storage.putDeadLetter({ message });
    const result = await discard(message.operationId, ...why, '--yes');
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(document(result)).toMatchObject({
      discarded: 1,
      failed: 0,
      letters: [{ groupId: 'a1', result: 'discarded', inOperation: true, letter: { group: { id: 'a1' } } }],
    });
    expect(await storage.count('deadLetters')).toBe(0);
    expect(await storage.operations.read(message.operationId, within)).toMatchObject({
      status: 'failed',
      error: {
        detail: 'Given up after 7 attempts. Its dead letter was discarded: Not needed any more (ticket 4711)',
      },
    });
    const [event, ...others] = await told();
    expect(others).toEqual([]);
    expect(event).toMatchObject([
      'ExternalGroupDeadLetterDiscarded',
      {
        connectionId: 'contosohr',
        groupId: 'a1',
        operationId: message.operationId,
        code: 'gave-up',
        discardReason: 'Not needed any more (ticket 4711)',
      },
      { traceparent: message.traceparent },
    ]);
    expect(await told()).toEqual([]);
  });

  it('leaves the operation alone where the work was queued again', async () => {
    const message = oldMessage('a2');
    await storage.operations.record({ ...failed(message), status: 'running' }, deliveryOf(message), within);
    await storage.putDeadLetter({ message });
    expect(document(await discard('--code', 'gave-up', ...why, '--yes'))).toMatchObject({
      discarded: 1,
      letters: [{ inOperation: false }],
    });
    expect(await storage.operations.read(message.operationId, within)).toMatchObject({ status: 'running' });
    await told();
  });

  it('deletes nothing without consent, a reason, or a selection', async () => {
    const message = oldMessage('a3');
    await storage.putDeadLetter({ message });
    for (const args of [
      [message.operationId, ...why],
      [message.operationId, '--yes'],
      [message.operationId, '--reason', 'ann@contoso.com', '--yes'],
      [...why, '--yes'],
    ])
      expect(await discard(...args)).toMatchObject({ code: 2, stdout: '' });
    expect(await discard('nobody', ...why, '--yes')).toMatchObject({ code: 1 });
    expect(document(await discard(message.operationId, ...why, '--dry-run'))).toMatchObject({ planned: 1 });
    expect(await storage.deadLetters()).toHaveLength(1);
    expect(await told()).toEqual([]);
  });
});
