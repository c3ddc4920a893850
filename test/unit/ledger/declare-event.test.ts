import { describe, expect, it } from 'vitest';
import { type AttemptedChange, createAttemptChange } from '../../../src/ledger/change-outcome.ts';
import type { ChangeResult } from '../../../src/ledger/change-result.ts';
import type { RequestedChange } from '../../../src/ledger/core/change.ts';
import type { DeclareOptions } from '../../../src/ledger/declare.ts';
import { declareEvent } from '../../../src/ledger/declare-event.ts';
import { AdapterError } from '../../../src/problems/adapter-error.ts';

const options = { source: 'queue', patience: 600, trace: { traceparent: '' }, log: () => undefined } as const;
const change = (sequence: number): RequestedChange => ({
  connectionId: 'contosohr',
  groupId: 'night',
  sequence,
  kind: 'delete-group',
});
const settled = { kind: 'settled', record: {} } as AttemptedChange;
const refused: AttemptedChange = {
  kind: 'refused',
  problem: { code: 'group-conflict', detail: 'Another spelling.', members: {} },
};
const unrecorded: AttemptedChange = {
  kind: 'unrecorded',
  code: 'deferral-unavailable',
  why: 'gone',
  retryAfter: null,
};
const unnamed = {
  kind: 'names-refused',
  record: {},
  problem: { code: 'members-refused', detail: 'One.', members: { errors: [{ pointer: '/add/0' }] } },
} as unknown as AttemptedChange;
const problem = { code: 'mapping-failed', detail: 'No login.', members: {} } as const;

async function declare(outcomes: readonly (AttemptedChange | Error)[], wrong: typeof problem | null = null) {
  const attempted: [number | undefined, DeclareOptions][] = [];
  const changes = outcomes.map((_, index) => change(index));
  const outcome = await declareEvent(
    { changes, problem: wrong },
    createAttemptChange(async (one, given) => {
      attempted.push([one.sequence, given]);
      const result = outcomes[one.sequence ?? 0];
      if (result instanceof Error) throw result;
      return (result ?? settled) as ChangeResult;
    }),
    options,
  );
  return { outcome, attempted };
}

describe('an event', () => {
  it('declares all of its changes, within the patience of one', async () => {
    const { outcome, attempted } = await declare([settled, settled, settled]);
    expect(outcome).toEqual({ kind: 'declared' });
    expect(attempted.map(([sequence, { patience }]) => [sequence, patience])).toEqual([
      [0, 200],
      [1, 200],
      [2, 200],
    ]);
  });

  it('without changes is complete', async () => {
    expect((await declare([])).outcome).toEqual({ kind: 'declared' });
  });

  it('is postponed as a whole if one of its changes could not be recorded', async () => {
    const { outcome, attempted } = await declare([refused, unrecorded, unnamed, settled], problem);
    expect(outcome).toBe(unrecorded);
    expect(attempted).toHaveLength(4);
  });

  it('is refused for what cannot be mapped, once the rest is declared', async () => {
    const { outcome, attempted } = await declare([settled, refused], problem);
    expect(outcome).toEqual({ kind: 'refused', problem });
    expect(attempted).toHaveLength(2);
  });

  it('is refused for one of its changes, and the others are declared', async () => {
    const tooMany = new AdapterError('too-many-names', 'Too many.', { members: { given: 1_001 } });
    const { outcome, attempted } = await declare([tooMany, settled]);
    expect(outcome).toMatchObject({ kind: 'refused', problem: { code: 'too-many-names' } });
    expect(attempted).toHaveLength(2);
  });

  it('waits for names, which its refusal points to', async () => {
    expect((await declare([settled, unnamed, unnamed])).outcome).toMatchObject({
      kind: 'names-refused',
      problem: { members: { errors: [{ pointer: '/changes/1/add/0' }, { pointer: '/changes/2/add/0' }] } },
    });
  });

  it('rejects for a fault of ours, so that the host delivers it again', async () => {
    await expect(declare([new AdapterError('internal-error', 'ours')])).rejects.toThrow('ours');
  });
});
