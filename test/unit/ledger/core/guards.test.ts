import { expect, it } from 'vitest';
import type { Change } from '../../../../src/ledger/core/change.ts';
import { repair } from '../../../../src/ledger/core/drift.ts';
import { newHead } from '../../../../src/ledger/core/head.ts';
import { record } from '../../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../../src/ledger/core/state.ts';
import { finish } from '../../../../src/shared/steps.ts';
import { newTrace } from '../../../../src/telemetry/trace-context.ts';

const about = { connectionId: 'contosohr', groupId: 'night' };
const now = Date.UTC(2026, 0, 1);
const members = Array.from({ length: 24 }, (_, n) => ({
  type: 'user' as const,
  id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
}));
const put = { ...about, kind: 'put-group', displayName: 'Night', description: null } as const;
const list = (count: number): Extract<Change, { kind: 'put-members' }> => ({
  ...about,
  kind: 'put-members',
  members: members.slice(0, count),
});

function recorded(...changes: readonly Change[]): LedgerState {
  let state: LedgerState = { head: newHead('contosohr', 'night', newTrace()), pages: new Map() };
  for (const change of changes) {
    const recording = record(state, change, now);
    if (recording.kind !== 'changed') throw new Error('nothing was recorded');
    state = { ...recording.state, pages: new Map([...state.pages, ...recording.state.pages]) };
  }
  return state;
}

it('a group that has had a sequence takes no change without one', () => {
  const state = recorded({ ...put, sequence: 7 });
  for (const change of [{ ...put, displayName: 'Day' }, list(3)])
    expect(record(state, change, now)).toMatchObject({
      kind: 'refused',
      refusal: { code: 'sequence-required' },
    });
  expect(record(state, { ...list(3), sequence: 7 }, now).kind).toBe('changed');
});

it('a list that would remove more than ten members and more than half of them must say how many', () => {
  const state = recorded(list(24));
  const refusal = { code: 'too-many-removals', counts: { removals: 13, members: 24 } };
  expect(record(state, list(11), now)).toMatchObject({ kind: 'refused', refusal });
  expect(record(state, { ...list(11), removals: 12 }, now)).toMatchObject({ kind: 'refused', refusal });
  expect(record(state, { ...list(11), removals: 13 }, now).kind).toBe('changed');
  expect(record(state, list(12), now).kind).toBe('changed');
  expect(record(recorded(list(10)), list(0), now).kind).toBe('changed');
});

it('a group that is missing in Graph is created anew, and calls in progress for it do not count', () => {
  const state = recorded(put, list(2));
  const { head } = state;
  const leased = { ...head, step: 'done', seen: true, lease: { owner: 'other', until: now + 1 } } as const;
  const missing = finish(repair({ ...state, head: leased }, 'missing', now));
  expect(missing.head).toMatchObject({ step: 'todo', seen: false, lease: null });
  const different = finish(repair({ ...state, head: leased }, 'different', now));
  expect(different.head).toMatchObject({ step: 'todo', seen: true, lease: leased.lease });
});
