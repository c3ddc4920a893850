import { expect, it } from 'vitest';
import { withoutOwnMark } from '../../../../src/ledger/core/answered.ts';
import type { Change } from '../../../../src/ledger/core/change.ts';
import { newHead } from '../../../../src/ledger/core/head.ts';
import { type Call, plan } from '../../../../src/ledger/core/plan.ts';
import { record } from '../../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../../src/ledger/core/state.ts';
import { newTrace } from '../../../../src/telemetry/trace-context.ts';

const about = { connectionId: 'contosohr', groupId: 'night' };
const now = Date.UTC(2026, 0, 1);

function recorded(state: LedgerState, change: Change): LedgerState {
  const recording = record(state, change, now);
  if (recording.kind !== 'changed') throw new Error('nothing was recorded');
  return recording.state;
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
