import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { headEntity } from '../../../src/ledger/core/entity.ts';
import { emptyPage, type Head, newHead } from '../../../src/ledger/core/head.ts';
import { timing } from '../../../src/ledger/core/timing.ts';
import { createFindEntities } from '../../../src/storage/find-entities.ts';
import { ledgerTable, operationsTable } from '../../../src/storage/stores.ts';
import { createTimerRuns } from '../../../src/storage/timer-runs.ts';
import {
  deliveryOf,
  failed,
  type OperatorStorage,
  oldMessage,
  startOperatorStorage,
  within,
} from './operator-storage.ts';
import { document, documents, runCli, startCli } from './run-cli.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

/** The ledger's own times are held back. */
const changedAt = Date.parse('2026-01-01T00:00:00.000Z') - timing.margin;

describe('what storage tells of the work', () => {
  let storage: OperatorStorage;
  let workspace: Workspace;
  let ledger: TableClient;
  beforeAll(async () => {
    [storage, workspace] = await Promise.all([startOperatorStorage(), createWorkspace()]);
    await workspace.writeStack({ storage: storage.connectionString });
    ledger = TableClient.fromConnectionString(storage.connectionString, ledgerTable, {
      allowInsecureConnection: true,
    });
    await ledger.createTable();
  });
  beforeEach(() => storage.clear());
  afterAll(async () => {
    await Promise.all([storage.close(), workspace.remove()]);
  });

  const setting = () => ({ kind: 'connection-string', connectionString: storage.connectionString }) as const;
  const noIdentity = () => Promise.reject(new Error('no identity here'));
  const run = (...args: string[]) => runCli(args, { folder: workspace.folder });
  const declare = (id: string, more: Partial<Head> = {}) => {
    const head = newHead('contosohr', id, { traceparent: '' });
    return ledger.upsertEntity({ ...headEntity({ ...head, changedAt, ...more }, 'test') }, 'Replace');
  };
  const record = async (id: string, more: Parameters<typeof oldMessage>[1] = {}) => {
    const message = oldMessage(id, more);
    await storage.operations.record(failed(message), deliveryOf(message), within);
    return message;
  };

  it('is found by the id of a group, in the order in which things happened', async () => {
    const message = await record('dayshift');
    const messageId = await storage.putDeadLetter({ message });
    await record('other');
    await declare('dayshift', { want: { kind: 'present', displayName: 'Day', description: null } });
    await storage.sendJson(
      { connectionId: 'contosohr', groupId: 'DayShift', sequence: 1, delete: true },
      'changes',
    );
    await storage.sendJson({ connectionId: 'contosohr', group: { id: 'dayshift' } });
    await storage.sendJson({ connectionId: 'contosohr', group: { id: 'other' } });

    const result = await run('find', 'contosohr/dayshift', '--json');
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const found = document(result);
    expect(found.events).toMatchObject([
      { at: '2025-12-31T00:00:00.000Z', where: 'operation', id: message.operationId },
      { at: '2026-01-01T00:00:00.000Z', where: 'ledger' },
      {
        at: '2026-01-02T03:04:05.678Z',
        where: 'operation',
        what: 'the creation is failed (unavailable, 7 attempts)',
      },
      { where: 'dead-letter', id: messageId, what: expect.stringContaining('dead letter: gave-up') },
      { where: 'queue', what: expect.stringContaining('external-group-c') },
      { where: 'queue', what: expect.stringContaining('external-group-c') },
    ]);
    expect(found).toMatchObject({ record: { id: 'dayshift' }, messagesNotSeen: 0 });
    const words = await run('find', 'contosohr/dayshift');
    expect(words.stdout).toMatch(/2026-01-01 00:00:00Z +ledger +last changed in the ledger/);
  });

  it('is nothing of a group that nobody knows, and no group at all without a connection', async () => {
    expect(await run('find', 'contosohr/nobody')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Nothing is known of contosohr/nobody'),
    });
    for (const name of ['nobody', 'a/b', 'contosohr/', 'contosohr/a/b', 'Microsoft/x'])
      expect(await run('find', name)).toMatchObject({ code: 2, stdout: '' });
  });

  it('lists operations by state, connection and time, the latest action first', async () => {
    await record('earlier');
    await record('elsewhere', { connectionId: 'fabrikam' });
    const waiting = {
      ...failed(oldMessage('later')),
      status: 'running',
      lastActionDateTime: '2026-02-01T00:00:00.000Z',
    } as const;
    await storage.operations.record(waiting, { id: 'x', queuedAt: '2026-02-01T00:00:00.000Z' }, within);
    const ids = async (...args: string[]) => {
      const { operations } = document(await run('operations', 'list', '--json', ...args));
      return operations.map(({ groupId }: { groupId: string }) => groupId);
    };
    expect((await ids('--connection', 'contosohr'))[0]).toBe('later');
    expect(await ids('--state', 'running')).toEqual(['later']);
    expect(await ids('--connection', 'fabrikam')).toEqual(['elsewhere']);
    expect(await ids('--since', '2026-01-15')).toEqual(['later']);
    expect(document(await run('operations', 'list', '--json', '--limit', '1'))).toMatchObject({ more: true });
    const words = await run('operations', 'list', '--state', 'running');
    expect(words.stdout).toMatch(/OPERATION +GROUP +STATUS[^\n]*\n[0-9a-f]{32} +contosohr\/later +running/);
    for (const wrong of [
      ['--since', 'soon'],
      ['--state', 'lost'],
      ['--connection', 'x/y'],
      ['--limit', '0'],
    ])
      expect((await run('operations', 'list', ...wrong)).code).toBe(2);
  });

  it('watches operations, each change on a line, until it is interrupted', async () => {
    const message = oldMessage('watched');
    const { child, ended } = startCli(['operations', 'list', '--watch', '--json', '--since', '2026-03-01'], {
      folder: workspace.folder,
    });
    const at = (lastActionDateTime: string) => ({ ...failed(message), lastActionDateTime });
    const seen = new Promise<void>((resolve) => child.stdout?.on('data', () => resolve()));
    const running = { ...at('2026-03-02T00:00:00.000Z'), status: 'running' } as const;
    await storage.operations.record(running, deliveryOf(message), within);
    await seen;
    child.kill('SIGINT');
    const result = await ended;
    expect(result.code).toBe(0);
    expect(documents(result)).toMatchObject([{ groupId: 'watched', status: 'running' }]);
  });

  it('shows the state of queues, operations, groups, waits and timers', async () => {
    await declare('calm');
    await declare('broken', { failed: true, step: 'todo' });
    const wait = { ...failed(oldMessage('slow')), status: 'running', reason: 'throttled' } as const;
    const nextAttemptDateTime = '2099-01-01T00:00:00.000Z';
    await storage.operations.record(
      { ...wait, nextAttemptDateTime },
      { id: 'y', queuedAt: '2026-02-01T00:00:00.000Z' },
      within,
    );
    await storage.sendJson({ any: 'message' }, 'changes');
    await createTimerRuns(setting(), noIdentity).note({
      timer: 'maintain-queues',
      beganDateTime: '2026-01-01T00:00:00.000Z',
      endedDateTime: '2026-01-01T00:00:01.000Z',
      succeeded: false,
    });
    const status = document(await run('status', '--json'));
    expect(status.queues).toContainEqual({
      queue: 'external-group-changes',
      depth: 1,
      oldestDateTime: expect.stringMatching(/^20/),
    });
    expect(status).toMatchObject({
      connections: [{ connectionId: 'contosohr', failed: 1 }],
      pauses: [{ connectionId: 'contosohr', untilDateTime: nextAttemptDateTime }],
      timers: [{ timer: 'maintain-queues', succeeded: false }],
      isWhole: true,
    });
    expect(status.operations.running).toBeGreaterThan(0);
    const words = (await run('status')).stdout;
    expect(words).toMatch(/external-group-changes +1 +\d+ s/);
    expect(words).toContain('Graph throttles contosohr: work waits until 2099-01-01 00:00:00Z.');
    expect(words).toMatch(/Timer maintain-queues: last ended \d+ h ago, failed\./);
  });

  it('is searched page by page, and to no end that nobody asked for', async () => {
    const find = createFindEntities(setting(), noIdentity);
    const never = new AbortController().signal;
    expect(await find('noSuchTable', { most: 5 }, never)).toEqual({ entities: [], isWhole: true });
    const some = await find(operationsTable, { most: 1 }, never);
    expect(some).toMatchObject({ isWhole: false, entities: [{ connectionId: expect.any(String) }] });
    expect(await find(operationsTable, { most: 5 }, AbortSignal.abort())).toMatchObject({ isWhole: false });
    const late = { state: 'applying', due: new Date('2026-01-01T00:00:00.000Z') };
    await ledger.upsertEntity({ partitionKey: 'contosohr-0', rowKey: 'g.late', ...late });
    const filter =
      "RowKey ge 'g.' and RowKey lt 'g/' and (state eq 'failed' or due lt datetime'2026-02-01T00:00:00.000Z')";
    const rows = (await find(ledgerTable, { filter, most: 100 }, never)).entities.map(({ rowKey }) => rowKey);
    expect(rows).toEqual(expect.arrayContaining(['g.late', 'g.broken']));
    expect(rows).not.toContain('g.calm');
  });

  it('is forgotten if it was recorded by mistake, and nothing of it is or may get into Graph', async () => {
    const present = { kind: 'present', displayName: 'Typo', description: null } as const;
    const soon = Date.now() + 600_000;
    await declare('typo', { want: present, step: 'todo', failed: true });
    await declare('inside', { want: present, seen: true });
    await declare('half', { pages: [{ ...emptyPage, applied: 2, wanted: 2, entries: 2 }] });
    await declare('open', { want: present, step: 'again', late: soon });
    await declare('taken', { want: present, lease: { owner: 'x', until: soon } });
    await declare('gone', { want: { kind: 'gone' } });
    const ids = ['typo', 'inside', 'half', 'open', 'taken', 'gone', 'never'];
    const forget = (...args: string[]) =>
      run('groups', 'forget', ...ids, '--connection', 'contosohr', '--json', ...args);
    expect(await forget()).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    const result = await forget('--yes');
    expect(result.code).toBe(1);
    expect(document(result).groups).toEqual([
      { groupId: 'typo', result: 'forgotten' },
      { groupId: 'inside', result: 'refused', why: 'Graph has the group: delete it first' },
      { groupId: 'half', result: 'refused', why: 'Graph has 2 of its members: remove them first' },
      { groupId: 'open', result: 'refused', why: expect.stringContaining('may still take effect until') },
      { groupId: 'taken', result: 'refused', why: 'the adapter is working on it' },
      { groupId: 'gone', result: 'refused', why: expect.stringContaining('after 30 days') },
      { groupId: 'never', result: 'unknown' },
    ]);
    expect(await run('find', 'contosohr/typo')).toMatchObject({ code: 1 });
    expect(await run('find', 'contosohr/inside')).toMatchObject({ code: 0 });
  });
});
