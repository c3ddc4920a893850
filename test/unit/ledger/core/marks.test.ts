import { expect, it } from 'vitest';
import { isFinal, withoutOwnMark } from '../../../../src/ledger/core/answered.ts';
import { applyAnswers } from '../../../../src/ledger/core/apply-answers.ts';
import type { Change } from '../../../../src/ledger/core/change.ts';
import { newHead } from '../../../../src/ledger/core/head.ts';
import { type Call, plan } from '../../../../src/ledger/core/plan.ts';
import { record } from '../../../../src/ledger/core/record.ts';
import { type LedgerState, withPages } from '../../../../src/ledger/core/state.ts';
import { newTrace } from '../../../../src/telemetry/trace-context.ts';

const about = { connectionId: 'contosohr', groupId: 'night' };
const now = Date.UTC(2026, 0, 1);

function recorded(state: LedgerState, change: Change): LedgerState {
  const recording = record(state, change, now);
  if (recording.kind !== 'changed') throw new Error('nothing was recorded');
  return recording.state;
}

/** The newer state with the pages that it leaves as they are. */
function everyPage(before: LedgerState, after: LedgerState): LedgerState {
  return withPages(after, before.pages);
}

/** A group that is being created: its call is marked, and its worker holds the lease. */
function beingCreated(): { readonly state: LedgerState; readonly call: Call } {
  const empty: LedgerState = { head: newHead('contosohr', 'night', newTrace()), pages: new Map() };
  const put = { ...about, kind: 'put-group', displayName: 'Night', description: null } as const;
  const { state, calls } = plan(recorded(empty, put), 'worker-1', now);
  const [call] = calls;
  if (call === undefined) throw new Error('there is nothing to call');
  return { state, call };
}

it('an answer takes back the mark of its own call alone', () => {
  const { state, call } = beingCreated();
  const answer = { kind: 'ok' } as const;
  expect(withoutOwnMark(state.head, { call, answer }).current).toBe(call.previous);
  const markedAnew = { ...state.head, current: call.horizon + 1 };
  expect(withoutOwnMark(markedAnew, { call, answer })).toBe(markedAnew);
});

it('a reassertion ends the lease: the answers to calls from before it do not count', () => {
  const { state } = beingCreated();
  expect(state.head.lease).toMatchObject({ owner: 'worker-1' });
  expect(recorded(state, { ...about, kind: 'reassert' }).head.lease).toBeNull();
});

it('an answer is final only if nothing begun before its mark can still take effect', () => {
  const { state, call } = beingCreated();
  expect(isFinal(state.head, call)).toBe(true);
  expect(isFinal({ ...state.head, late: call.markedAt + 1 }, call)).toBe(false);
});

it('no addition begins while a removal is left, on whichever page', () => {
  const members = Array.from({ length: 12_000 }, (_, n) => ({
    type: 'user' as const,
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  }));
  const put = (list: typeof members) => ({ ...about, kind: 'put-members', members: list }) as const;
  const { state: marked, call } = beingCreated();
  const context = { now, giveUpAfter: 1e9, waitAfter: () => 0, isGroupSeen: false };
  const created = applyAnswers(marked, [{ call, answer: { kind: 'ok' } }], context).state;
  let state: LedgerState = recorded(created, put(members.slice(10)));
  while (state.head.pages.some(({ applying }) => applying > 0)) {
    const planned = plan(state, 'worker-1', now);
    const answered = planned.calls.map((one) => ({ call: one, answer: { kind: 'ok' } as const }));
    state = everyPage(state, applyAnswers(everyPage(state, planned.state), answered, context).state);
  }
  const removed = new Set(members.slice(10).filter((_, n) => n % 50 === 0));
  state = everyPage(state, recorded(state, put(members.filter((member) => !removed.has(member)))));
  const { calls } = plan(state, 'worker-1', now);
  expect(calls.length).toBeLessThan(removed.size);
  expect(new Set(calls.map(({ write }) => write.kind))).toEqual(new Set(['remove-member']));
});
