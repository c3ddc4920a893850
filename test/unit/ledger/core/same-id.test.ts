import { expect, it } from 'vitest';
import type { GraphAnswer } from '../../../../src/groups/graph-answer.ts';
import type { Member } from '../../../../src/groups/member.ts';
import { applyAnswers } from '../../../../src/ledger/core/apply-answers.ts';
import type { Change } from '../../../../src/ledger/core/change.ts';
import { newHead } from '../../../../src/ledger/core/head.ts';
import { plan } from '../../../../src/ledger/core/plan.ts';
import { dueAt, isSettled } from '../../../../src/ledger/core/progress.ts';
import { record } from '../../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../../src/ledger/core/state.ts';
import { newTrace } from '../../../../src/telemetry/trace-context.ts';

const id = '00000000-0000-4000-8000-000000000001';
const asUser: Member = { type: 'user', id };
const asGroup: Member = { type: 'group', id };
const about = { connectionId: 'contosohr', groupId: 'night' };
const putMembers = (...members: Member[]): Change => ({ ...about, kind: 'put-members', members });

type Answers = (kind: string) => GraphAnswer;
const ok: Answers = () => ({ kind: 'ok' });
const silent: GraphAnswer = { kind: 'silent', why: 'no answer', graph: null, retryAfter: null };
const absent: GraphAnswer = { kind: 'absent', graph: { status: 404, code: null, requestId: null } };
const refused: GraphAnswer = { kind: 'refused', graph: { status: 400, code: null, requestId: null } };

/** One group in the ledger, and Graph as it is: one member for each id, whatever its type. */
function startWorld() {
  const inGraph = new Map<string, Member['type']>();
  const pending: (() => void)[] = [];
  let now = Date.UTC(2026, 0, 1);
  let state: LedgerState = { head: newHead('contosohr', 'night', newTrace()), pages: new Map() };
  const world = {
    inGraph,
    /** What was sent without an answer is carried out. */
    land: () => pending.splice(0).map((carryOut) => carryOut()),
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    isSettled: () => isSettled(state.head),
    dueAt: () => dueAt(state.head) - now,
    record: (change: Change) => {
      const recording = record(state, change, now);
      if (recording.kind !== 'changed') throw new Error(`it is ${recording.kind}`);
      state = recording.state;
    },
    /** One round, its calls answered by `answers`; the kinds of the calls. */
    round: (answers: Answers = ok) => {
      const planned = plan(state, 'me', now);
      const answered = planned.calls.map((call) => {
        const { write } = call;
        const answer = answers(write.kind);
        const carryOut = () => {
          if (write.kind === 'add-member' && !inGraph.has(write.member.id))
            inGraph.set(write.member.id, write.member.type);
          if (write.kind === 'remove-member') inGraph.delete(write.member.id);
        };
        if (answer.kind === 'ok') carryOut();
        if (answer.kind === 'silent') pending.push(carryOut);
        return { call, answer };
      });
      const retry = { now, giveUpAfter: 1e9, waitAfter: () => 0, isGroupSeen: true };
      state = applyAnswers(
        { ...planned.state, head: { ...planned.state.head, lease: null } },
        answered,
        retry,
      ).state;
      return planned.calls.map(({ write }) => write.kind);
    },
    /** What becomes of a change that is not to be recorded. */
    recording: (change: Change) => record(state, change, now).kind,
    /** The types of the members that there shall be. */
    wanted: () =>
      [...state.pages.values()].flatMap((page) =>
        [...page.values()].filter(({ wanted }) => wanted).map(({ type }) => type),
      ),
    /** Rounds whenever one is due, until the group rests. */
    settle: () => {
      for (let rounds = 0; Number.isFinite(dueAt(state.head)); rounds += 1) {
        if (rounds === 20) throw new Error('it does not come to rest');
        now = Math.max(now, dueAt(state.head));
        world.round();
      }
    },
  };
  world.record({ ...about, kind: 'put-group', displayName: null, description: null });
  world.round();
  return world;
}

it('another type of the same id is added after the removal of the first, also if that takes long', () => {
  const world = startWorld();
  world.record(putMembers(asUser));
  world.round(() => refused);
  world.record(putMembers(asGroup));
  expect(world.round(() => absent)).toEqual(['remove-member']);
  expect(world.dueAt()).toBeGreaterThan(60_000);
  world.settle();
  expect([world.isSettled(), ...world.inGraph.values()]).toEqual([true, 'group']);
});

it('a removal without an answer that takes effect late does not take the other type with it', () => {
  const world = startWorld();
  world.record(putMembers(asUser));
  world.round();
  world.record(putMembers(asGroup));
  world.round((kind) => (kind === 'remove-member' ? silent : { kind: 'ok' }));
  world.round();
  world.round();
  expect([...world.inGraph.values()]).toEqual(['group']);
  expect(world.isSettled()).toBe(false);
  world.pass(600_000);
  world.land();
  world.settle();
  expect([world.isSettled(), ...world.inGraph.values()]).toEqual([true, 'group']);
});

it('what is added after a removal under the other type is added once more when that can no longer take effect', () => {
  const world = startWorld();
  world.record(putMembers(asUser));
  world.round();
  world.record(putMembers());
  world.round(() => silent);
  world.round();
  world.record(putMembers(asGroup));
  world.round();
  expect(world.isSettled()).toBe(false);
  world.pass(600_000);
  world.land();
  world.settle();
  expect([world.isSettled(), ...world.inGraph.values()]).toEqual([true, 'group']);
});

it('the type said last counts, whatever was said before', () => {
  const world = startWorld();
  world.record(putMembers(asUser));
  world.settle();
  world.record({ ...about, kind: 'patch-members', add: [asGroup], remove: [] });
  expect(world.wanted()).toEqual(['group']);
  world.settle();
  expect([world.isSettled(), ...world.inGraph.values()]).toEqual([true, 'group']);
});

it('a removal takes a member away under whatever type it is recorded', () => {
  const world = startWorld();
  world.record(putMembers(asUser));
  world.settle();
  world.record({ ...about, kind: 'patch-members', add: [], remove: [asGroup] });
  expect(world.wanted()).toEqual([]);
  world.settle();
  expect([world.isSettled(), ...world.inGraph.values()]).toEqual([true]);
});

it('a sequence puts what is said of one id in order, whatever the type', () => {
  const world = startWorld();
  world.record({ ...about, kind: 'patch-members', add: [asUser], remove: [], sequence: 5 });
  expect(world.recording({ ...about, kind: 'patch-members', add: [], remove: [asGroup], sequence: 5 })).toBe(
    'unchanged',
  );
  expect(world.recording({ ...about, kind: 'patch-members', add: [asGroup], remove: [], sequence: 4 })).toBe(
    'unchanged',
  );
  world.record({ ...about, kind: 'patch-members', add: [], remove: [asGroup], sequence: 6 });
  expect(world.recording({ ...about, kind: 'patch-members', add: [asUser], remove: [], sequence: 6 })).toBe(
    'unchanged',
  );
  expect(world.wanted()).toEqual([]);
});

it('an exact list that changes types removes nobody, as far as the guard goes', () => {
  const world = startWorld();
  const all = Array.from({ length: 12 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
  world.record(putMembers(...all.map((one): Member => ({ type: 'user', id: one }))));
  world.settle();
  world.record(putMembers(...all.map((one): Member => ({ type: 'group', id: one }))));
  world.settle();
  expect(new Set(world.inGraph.values())).toEqual(new Set(['group']));
});
