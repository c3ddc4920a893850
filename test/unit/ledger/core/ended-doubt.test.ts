import { describe, expect, it } from 'vitest';
import type { GraphAnswer } from '../../../../src/groups/graph-answer.ts';
import { applyAnswers } from '../../../../src/ledger/core/apply-answers.ts';
import type { Change } from '../../../../src/ledger/core/change.ts';
import { draft } from '../../../../src/ledger/core/draft.ts';
import { toGroupRecord } from '../../../../src/ledger/core/group-record.ts';
import { newHead } from '../../../../src/ledger/core/head.ts';
import { plan } from '../../../../src/ledger/core/plan.ts';
import { dueAt } from '../../../../src/ledger/core/progress.ts';
import { record } from '../../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../../src/ledger/core/state.ts';
import { timing } from '../../../../src/ledger/core/timing.ts';
import { newTrace } from '../../../../src/telemetry/trace-context.ts';

const about = { connectionId: 'contosohr', groupId: 'night' };
const put = (displayName: string): Change => ({
  ...about,
  kind: 'put-group',
  displayName,
  description: null,
});
const member = (n: number) => ({ type: 'user' as const, id: `00000000-0000-4000-8000-00000000000${n}` });
const add: Change = { ...about, kind: 'patch-members', add: [member(1)], remove: [] };
const ok: GraphAnswer = { kind: 'ok' };
const graph = (status: number) => ({ status, code: null, requestId: null });
const absent: GraphAnswer = { kind: 'absent', graph: graph(404) };
const silent: GraphAnswer = { kind: 'silent', why: 'no answer', graph: null, retryAfter: null };
const refused: GraphAnswer = { kind: 'refused', graph: graph(400) };

function startLedger() {
  let now = Date.UTC(2026, 0, 1);
  let state: LedgerState = { head: newHead('contosohr', 'night', newTrace()), pages: new Map() };
  return {
    say: (change: Change) => {
      const recording = record(state, change, now);
      if (recording.kind === 'changed') state = recording.state;
    },
    /** One round of calls; what was written. */
    round: (answer: GraphAnswer) => {
      now = Math.max(now, Math.min(dueAt(state.head), now + 3_600_000));
      const { calls, state: marked } = plan(state, 'me', now);
      const context = { now, giveUpAfter: 1e9, waitAfter: () => 0, isGroupSeen: false };
      state = applyAnswers(
        { ...marked, head: { ...marked.head, lease: null } },
        calls.map((call) => ({ call, answer })),
        context,
      ).state;
      return calls.map(({ write }) => write.kind);
    },
    state: () => state,
    record: () => toGroupRecord(state.head),
  };
}

describe('a group that Graph does not find, and then refuses', () => {
  it('is found after all: its members go on, and the record says what Graph refuses', () => {
    const ledger = startLedger();
    ledger.say(put('Sales'));
    ledger.round(ok);
    ledger.say(put('Marketing'));
    ledger.say(add);
    expect(ledger.round(absent)).toEqual(['update-group']);
    expect(ledger.round(refused)).toEqual(['update-group']);
    expect(ledger.round(ok)).toEqual(['add-member']);
    expect(ledger.record()).toMatchObject({
      state: 'failed',
      members: { applied: 1, applying: 0, failed: 0 },
      error: { type: 'urn:problem-type:graph-rejected' },
    });
  });

  it('is in doubt anew if the same change, said again, is answered 404: once is not enough', () => {
    const ledger = startLedger();
    ledger.say(put('Sales'));
    ledger.round(ok);
    ledger.say(put('Marketing'));
    ledger.round(absent);
    ledger.round(refused);
    ledger.say(put('Marketing'));
    expect(ledger.round(absent)).toEqual(['update-group']);
    expect(ledger.round(ok)).toEqual(['update-group']);
  });

  it('goes on even if an earlier release recorded the doubt for good', () => {
    const ledger = startLedger();
    ledger.say(put('Sales'));
    ledger.round(ok);
    ledger.say(add);
    const { head } = ledger.state();
    expect(dueAt({ ...head, step: 'refused', said404: true })).toBe(0);
  });
});

it('what is unfinished without anything due is never written', () => {
  const ledger = startLedger();
  ledger.say(put('Sales'));
  ledger.say(add);
  const work = draft(ledger.state());
  work.update({ step: 'again', late: Number.POSITIVE_INFINITY });
  expect(() => work.seal(Date.UTC(2026, 0, 2))).toThrow('nothing of it is due');
});

describe('a change of the members of a deleted group', () => {
  const remove = (n: number): Change => ({ ...about, kind: 'patch-members', add: [], remove: [member(n)] });
  function startDeleted() {
    const ledger = startLedger();
    ledger.say(put('Sales'));
    ledger.round(ok);
    ledger.say({ ...about, kind: 'delete-group' });
    ledger.round(ok);
    return ledger;
  }

  it('that removes somebody has nothing to bring about', () => {
    const ledger = startDeleted();
    ledger.say(remove(1));
    expect(ledger.record()).toMatchObject({
      state: 'applied',
      members: { applied: 0, applying: 0, failed: 0 },
    });
  });

  it('that removes who was to wait for the group leaves nobody waiting', () => {
    const ledger = startDeleted();
    ledger.say(add);
    expect(ledger.record()).toMatchObject({ state: 'failed', members: { failed: 1 } });
    ledger.say(remove(1));
    expect(ledger.record()).toMatchObject({
      state: 'applied',
      members: { applied: 0, applying: 0, failed: 0 },
    });
    ledger.say(put('Sales'));
    expect(ledger.round(ok)).toEqual(['create-group']);
    expect(ledger.round(ok)).toEqual([]);
  });
});

describe('the removal from a group that was never declared', () => {
  it('fails with group-not-found if Graph has no such group', () => {
    const ledger = startLedger();
    ledger.say({ ...about, kind: 'patch-members', add: [], remove: [member(1)] });
    expect(ledger.round(absent)).toEqual(['remove-member']);
    expect(ledger.round(absent)).toEqual(['read-group']);
    expect(ledger.round(absent)).toEqual(['read-group']);
    expect(ledger.record()).toMatchObject({
      state: 'failed',
      error: { type: 'urn:problem-type:group-not-found' },
    });
  });

  it('is confirmed if the group turns out to be there', () => {
    const ledger = startLedger();
    ledger.say({ ...about, kind: 'patch-members', add: [], remove: [member(1)] });
    ledger.round(absent);
    const present = { kind: 'ok', group: { id: 'night' } } as unknown as GraphAnswer;
    expect(ledger.round(present)).toEqual(['read-group']);
    expect(ledger.round(absent)).toEqual(['remove-member']);
    expect(ledger.record()).toMatchObject({ state: 'applied' });
  });
});

it('times are shown as storage’s clock has them, not held back', () => {
  const ledger = startLedger();
  ledger.say(put('Sales'));
  const shown = Date.parse(ledger.record().lastChangedDateTime);
  expect(shown).toBe(Date.UTC(2026, 0, 1) + timing.margin);
});

describe('a member that Graph does not find', () => {
  const exists: GraphAnswer = { kind: 'exists', graph: graph(409) };

  it('because its group is not there yet is not refused by one more 404, though the answer to the creation was lost', () => {
    const ledger = startLedger();
    ledger.say(add);
    expect(ledger.round(absent)).toEqual(['add-member']);
    ledger.say(put('Sales'));
    expect(ledger.round(silent)).toEqual(['create-group']);
    expect(ledger.round(exists)).toEqual(['create-group']);
    expect(ledger.round(ok)).toEqual(['update-group']);
    expect(ledger.round(absent)).toEqual(['add-member']);
    expect(ledger.record().members).toEqual({ applied: 0, applying: 1, failed: 0 });
  });

  it('is refused by the second 404 also where Graph has refused the group: it is not tried for ever', () => {
    const ledger = startLedger();
    ledger.say(put('Sales'));
    ledger.round(ok);
    ledger.say(put('Marketing'));
    ledger.say(add);
    ledger.round(refused);
    expect(ledger.round(absent)).toEqual(['add-member']);
    expect(ledger.round(absent)).toEqual(['add-member']);
    expect(ledger.round(absent)).toEqual([]);
    expect(ledger.record().members).toEqual({ applied: 0, applying: 0, failed: 1 });
  });
});
