import { describe, expect, it } from 'vitest';
import type { GraphAnswer } from '../../../../src/groups/graph-answer.ts';
import { applyAnswers } from '../../../../src/ledger/core/apply-answers.ts';
import type { Change } from '../../../../src/ledger/core/change.ts';
import { toGroupRecord } from '../../../../src/ledger/core/group-record.ts';
import { newHead } from '../../../../src/ledger/core/head.ts';
import { plan } from '../../../../src/ledger/core/plan.ts';
import { dueAt } from '../../../../src/ledger/core/progress.ts';
import { record } from '../../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../../src/ledger/core/state.ts';
import { timing } from '../../../../src/ledger/core/timing.ts';
import { newTrace } from '../../../../src/telemetry/trace-context.ts';

const about = { connectionId: 'contosohr', groupId: 'night' };
const put: Change = { ...about, kind: 'put-group', displayName: 'Sales', description: null };
const member = { type: 'user' as const, id: '00000000-0000-4000-8000-000000000001' };
const add: Change = { ...about, kind: 'patch-members', add: [member], remove: [] };
const remove: Change = { ...about, kind: 'patch-members', add: [], remove: [member] };
const ok: GraphAnswer = { kind: 'ok' };
const absent: GraphAnswer = { kind: 'absent', graph: { status: 404, code: null, requestId: null } };
const conflict: GraphAnswer = { kind: 'exists', graph: { status: 409, code: 'Conflict', requestId: null } };
const silent: GraphAnswer = { kind: 'silent', why: 'reset', graph: null, retryAfter: null };

function startLedger() {
  let now = Date.UTC(2026, 0, 1);
  let state: LedgerState = { head: newHead('contosohr', 'night', newTrace()), pages: new Map() };
  return {
    say: (change: Change) => {
      const recording = record(state, change, now);
      if (recording.kind === 'changed') state = recording.state;
    },
    /** One round of calls as soon as any is due; what was written. */
    round: (answer: GraphAnswer, isGroupSeen = false) => {
      now = Math.max(now, Math.min(dueAt(state.head), now + 3_600_000));
      const { calls, state: marked } = plan(state, 'me', now);
      const context = { now, giveUpAfter: 1e9, waitAfter: () => 0, isGroupSeen };
      state = applyAnswers(
        { ...marked, head: { ...marked.head, lease: null } },
        calls.map((call) => ({ call, answer })),
        context,
      ).state;
      return calls.map(({ write }) => write.kind);
    },
    /** Storage's time as another front end tells it: behind. */
    goBack: (milliseconds: number) => {
      now -= milliseconds;
    },
    waits: () => dueAt(state.head) - now,
    record: () => toGroupRecord(state.head),
  };
}

function startGroup() {
  const ledger = startLedger();
  ledger.say(put);
  ledger.round(ok);
  return ledger;
}

describe('a 409 to an addition that does not say that the member exists', () => {
  it('is asked again, and believed when it is said twice', () => {
    const ledger = startGroup();
    ledger.say(add);
    ledger.round(conflict);
    expect(ledger.record()).toMatchObject({ state: 'applying', members: { applying: 1 } });
    expect(ledger.waits()).toBe(timing.conflict);
    expect(ledger.round(conflict)).toEqual(['add-member']);
    expect(ledger.record()).toMatchObject({ state: 'applied', members: { applied: 1 } });
  });

  it('is forgotten if the member is refused and tried again', () => {
    const ledger = startGroup();
    ledger.say(add);
    ledger.round(conflict);
    ledger.round({ kind: 'refused', graph: { status: 400, code: 'BadRequest', requestId: null } });
    expect(ledger.record()).toMatchObject({ state: 'failed' });
    ledger.say(add);
    ledger.round(conflict);
    expect(ledger.record()).toMatchObject({ state: 'applying' });
  });

  it('delays no removal that is said meanwhile', () => {
    const ledger = startGroup();
    ledger.say(add);
    ledger.round(conflict);
    ledger.say(remove);
    expect(ledger.round(ok)).toEqual(['remove-member']);
    expect(ledger.record()).toMatchObject({ state: 'applied', members: { applied: 0, applying: 0 } });
  });
});

it('a 404 to an addition counts for nothing once a creation without an answer proves to have been made', () => {
  const ledger = startLedger();
  ledger.say(add);
  ledger.round(absent);
  ledger.say(put);
  ledger.round(silent);
  expect(ledger.round(conflict)).toEqual(['create-group']);
  expect(ledger.round(ok)).toEqual(['update-group']);
  expect(ledger.round(absent)).toEqual(['add-member']);
  expect(ledger.record()).toMatchObject({ state: 'applying', members: { applying: 1, failed: 0 } });
});

describe('a reassertion', () => {
  const reassert: Change = { ...about, kind: 'reassert' };
  const sequenced = (change: Change, sequence: number): Change => ({ ...change, sequence });
  /** Somebody was a member, and was removed; that is remembered. */
  function startWithRemoved() {
    const ledger = startLedger();
    ledger.say(sequenced(put, 1));
    ledger.round(ok);
    ledger.say(sequenced(add, 2));
    ledger.round(ok);
    ledger.say(sequenced(remove, 3));
    ledger.round(ok);
    return ledger;
  }

  it('removes a member once, whatever the time of its removal', () => {
    const ledger = startWithRemoved();
    ledger.goBack(900);
    ledger.say(reassert);
    expect(ledger.round(ok)).toEqual(['update-group']);
    expect(ledger.round(ok)).toEqual(['remove-member']);
    expect(ledger.record()).toMatchObject({ state: 'applied' });
  });

  it('does not doubt that a member is absent whom it has removed before', () => {
    const ledger = startWithRemoved();
    ledger.say(reassert);
    ledger.round(ok);
    expect(ledger.round(absent, true)).toEqual(['remove-member']);
    expect(ledger.record()).toMatchObject({ state: 'applied' });
  });

  it('leaves alone a group that is there although it was deleted here: somebody else has created it', () => {
    const ledger = startGroup();
    ledger.say({ ...about, kind: 'delete-group' });
    ledger.round(ok);
    ledger.say(reassert);
    expect(ledger.round(ok)).toEqual([]);
    expect(ledger.record()).toMatchObject({ state: 'applied', deleted: true });
  });

  it('goes on with a deletion that is not settled', () => {
    const ledger = startGroup();
    ledger.say({ ...about, kind: 'delete-group' });
    ledger.round(silent);
    ledger.say(reassert);
    expect(ledger.round(ok)).toEqual(['delete-group']);
  });
});
