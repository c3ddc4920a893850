import { expect, it } from 'vitest';
import type { GraphAnswer } from '../../../../src/groups/graph-answer.ts';
import type { Member } from '../../../../src/groups/member.ts';
import { applyAnswers } from '../../../../src/ledger/core/apply-answers.ts';
import type { Change } from '../../../../src/ledger/core/change.ts';
import { newHead, sumOf } from '../../../../src/ledger/core/head.ts';
import { plan } from '../../../../src/ledger/core/plan.ts';
import { record } from '../../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../../src/ledger/core/state.ts';
import { timing } from '../../../../src/ledger/core/timing.ts';
import { newTrace } from '../../../../src/telemetry/trace-context.ts';

const first: Member = { type: 'user', id: '00000000-0000-4000-8000-000000000001' };
const second: Member = { type: 'user', id: '00000000-0000-4000-8000-000000000002' };
const about = { connectionId: 'contosohr', groupId: 'night' };
const day = 86_400_000;
const ok: GraphAnswer = { kind: 'ok' };
const silent: GraphAnswer = { kind: 'silent', why: 'no answer', graph: null, retryAfter: null };

function startLedger() {
  let now = Date.UTC(2026, 0, 1);
  let state: LedgerState = { head: newHead('contosohr', 'night', newTrace()), pages: new Map() };
  const change = (what: Change) => {
    const recording = record(state, what, now);
    if (recording.kind === 'changed') state = recording.state;
    return recording.kind;
  };
  return {
    wanted: () => sumOf(state.head, 'wanted'),
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    put: (sequence: number, ...members: Member[]) =>
      change({ ...about, kind: 'put-members', sequence, members }),
    add: (sequence: number, ...add: Member[]) =>
      change({ ...about, kind: 'patch-members', sequence, add, remove: [] }),
    remove: (sequence: number, ...remove: Member[]) =>
      change({ ...about, kind: 'patch-members', sequence, add: [], remove }),
    round: (answer: GraphAnswer) => {
      const { calls, state: marked } = plan(state, 'me', now);
      const context = { now, giveUpAfter: 1e9, waitAfter: () => 0, isGroupSeen: true };
      const held = { ...marked, head: { ...marked.head, lease: null } };
      state = applyAnswers(
        held,
        calls.map((call) => ({ call, answer })),
        context,
      ).state;
    },
  };
}

it('a removal that was said again after a list is remembered when no write can take effect any more', () => {
  const ledger = startLedger();
  ledger.put(1, first);
  ledger.round(ok);
  ledger.remove(2, first);
  ledger.round(silent);
  ledger.round(ok);
  // The list covers the removal, whose unanswered call may still take effect.
  ledger.put(3);
  ledger.remove(5, first);
  ledger.pass(timing.landing + 1);
  ledger.add(6, second);
  expect(ledger.add(4, first)).toBe('unchanged');
  expect(ledger.wanted()).toBe(1);
});

it('a removal is remembered for 30 days from the last change that says so', () => {
  const ledger = startLedger();
  ledger.put(1, first);
  ledger.round(ok);
  ledger.remove(2, first);
  ledger.round(ok);
  ledger.pass(29 * day);
  ledger.remove(5, first);
  ledger.pass(2 * day);
  ledger.add(6, second);
  expect(ledger.add(4, first)).toBe('unchanged');
  ledger.pass(29 * day);
  ledger.add(7, second);
  expect(ledger.add(4, first)).toBe('changed');
});
