import { describe, expect, it } from 'vitest';
import { unfinishedWorkChecks } from '../../../../src/diagnostics/checks/unfinished-work.ts';
import type { HeadSummary, OperationSummary } from '../../../../src/diagnostics/work-in-storage.ts';

const now = Date.parse('2026-11-30T12:00:00.000Z');
type Found = { readonly heads?: readonly (HeadSummary | null)[]; readonly operations?: OperationSummary[] };

/** Runs a check over what storage is said to hold; null: an entity that cannot be read. */
async function look(id: string, { heads = [], operations = [] }: Found, isWhole = true) {
  const read = (entity: Readonly<Record<string, unknown>>) => {
    if (entity.is === null) throw new Error('unreadable');
    return entity.is;
  };
  const check = unfinishedWorkChecks({
    probe: null,
    access: { identity: null, account: '' },
    stores: { queues: [], tables: [] },
    now: () => now,
    work: {
      tables: { ledger: 'ledger', operations: 'operations' },
      find: async (table) => ({
        entities: (table === 'ledger' ? heads : operations).map((is) => ({ is })),
        isWhole,
      }),
      peekDeadLetters: async () => [],
      readHead: (entity) => read(entity) as HeadSummary,
      readOperation: (entity) => read(entity) as OperationSummary,
    },
  }).find((candidate) => candidate.id === id);
  return check?.look(new AbortController().signal);
}

const head = (groupId: string, code: string | null, state: HeadSummary['state'] = 'failed') => ({
  connectionId: 'contosohr',
  groupId,
  state,
  code,
});
const operation = (reason: string, createdDateTime: string) => ({
  connectionId: 'contosohr',
  groupId: 'day',
  reason,
  createdDateTime,
});

describe('the check of declared groups', () => {
  it('passes where none has failed or is overdue, unless it could not read everything', async () => {
    expect(await look('declared-groups', {})).toMatchObject({ status: 'passed' });
    expect(await look('declared-groups', {}, false)).toMatchObject({ status: 'skipped' });
  });

  it('counts what is wrong, the worst reason first, and leads to one of those groups', async () => {
    const heads = [
      head('a', 'members-refused'),
      head('b', 'members-refused'),
      head('c', 'graph-access-denied'),
      head('d', null, 'applying'),
      null,
    ];
    expect(await look('declared-groups', { heads })).toEqual({
      status: 'failed',
      seen: '3 failed (1 graph-access-denied, 2 members-refused), 1 overdue by 15 min or more, 1 cannot be read',
      fix: 'external-groups groups list --connection contosohr --state failed; for one of them: external-groups groups explain c --connection contosohr',
    });
    expect(await look('declared-groups', { heads }, false)).toMatchObject({
      seen: expect.stringMatching(/^at least 3 failed/),
    });
  });

  it('leads to the hourly pass where groups are only overdue', async () => {
    const found = await look('declared-groups', { heads: [head('d', null, 'applying')] });
    expect(found).toMatchObject({ status: 'failed', fix: expect.stringContaining('look-after-groups') });
  });
});

describe('the check of creations that wait', () => {
  it('says what they wait for, and fails where that does not end by itself', async () => {
    const operations = [
      operation('throttled', '2026-11-30T11:58:00.000Z'),
      operation('throttled', '2026-11-30T11:50:00.000Z'),
    ];
    expect(await look('waiting-creations', { operations })).toEqual({
      status: 'passed',
      seen: '2 (2 throttled), the oldest for 10 min',
    });
    operations.push(operation('denied', '2026-11-30T11:59:00.000Z'));
    expect(await look('waiting-creations', { operations })).toMatchObject({
      status: 'failed',
      seen: '3 (1 denied, 2 throttled), the oldest for 10 min',
      fix: expect.stringContaining('Graph refuses the identity'),
    });
  });

  it('fails where one waits for more than an hour', async () => {
    const operations = [operation('unavailable', '2026-11-30T10:30:00.000Z')];
    expect(await look('waiting-creations', { operations })).toMatchObject({ status: 'failed' });
  });
});
