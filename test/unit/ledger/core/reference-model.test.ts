import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GraphAnswer } from '../../../../src/groups/graph-answer.ts';
import { memberKey } from '../../../../src/groups/member.ts';
import type { Answer } from '../../../../src/ledger/core/answered.ts';
import { applyAnswers } from '../../../../src/ledger/core/apply-answers.ts';
import type { Change } from '../../../../src/ledger/core/change.ts';
import { type Entry, noSequence } from '../../../../src/ledger/core/entry.ts';
import { newHead } from '../../../../src/ledger/core/head.ts';
import { type Call, plan } from '../../../../src/ledger/core/plan.ts';
import { isSettled } from '../../../../src/ledger/core/progress.ts';
import { record } from '../../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../../src/ledger/core/state.ts';
import { timing } from '../../../../src/ledger/core/timing.ts';
import { newTrace } from '../../../../src/telemetry/trace-context.ts';
import * as model from './reference-model.ts';

const members = [0, 1, 2].map((n) => ({
  type: 'user' as const,
  id: `00000000-0000-4000-8000-00000000000${n}`,
}));
const about = { connectionId: 'contosohr', groupId: 'g' };

type Happening =
  | { readonly do: 'change'; readonly change: model.ModelChange }
  | { readonly do: 'mark' }
  | { readonly do: 'learn'; readonly answers: readonly string[] }
  | { readonly do: 'pass'; readonly milliseconds: number };

const changes = (isSequenced: boolean): fc.Arbitrary<model.ModelChange> => {
  const q = isSequenced ? fc.integer({ min: 1, max: 12 }) : fc.constant(0);
  return fc.oneof(
    fc.record({ k: fc.constant('put' as const), p: fc.integer({ min: 1, max: 2 }), q }),
    fc.record({ k: fc.constant('del' as const), q }),
    fc.record({ k: fc.constantFrom('add' as const, 'rem' as const), i: fc.integer({ min: 0, max: 2 }), q }),
    fc.record({ k: fc.constant('set' as const), mask: fc.integer({ min: 0, max: 7 }), q }),
    ...(isSequenced ? [fc.record({ k: fc.constant('seq' as const), q })] : []),
  );
};

const happenings = (isSequenced: boolean): fc.Arbitrary<readonly Happening[]> =>
  fc.array(
    fc.oneof(
      { weight: 3, arbitrary: changes(isSequenced).map((change) => ({ do: 'change', change }) as const) },
      { weight: 4, arbitrary: fc.constant({ do: 'mark' } as const) },
      {
        weight: 4,
        arbitrary: fc
          .array(fc.constantFrom('ok', 'ok', '404', '400', '429', 'amb', 'not'), {
            minLength: 3,
            maxLength: 3,
          })
          .map((answers) => ({ do: 'learn', answers }) as const),
      },
      {
        weight: 3,
        arbitrary: fc
          .constantFrom(1_000, 30_000, 130_000, 400_000, 700_000)
          .map((milliseconds) => ({ do: 'pass', milliseconds }) as const),
      },
    ),
    { minLength: 1, maxLength: 40 },
  );

/** The product's functions and the model's, side by side. */
class Pair {
  now = 1_700_000_000_000;
  state: LedgerState = {
    head: newHead(about.connectionId, about.groupId, newTrace()),
    pages: new Map([[0, new Map()]]),
  };
  calls: readonly Call[] = [];
  head: model.ModelHead = {
    ...{ w: model.unspecified, s: 'done', c: 0, l: 0, d: 0, q: 0 },
    ...{ seen: 0, ending: 0, watermark: 0, m: [null, null, null], nx: 0, up: 0 },
  };
  ops: model.ModelCall[] = [];

  run(happening: Happening): void {
    switch (happening.do) {
      case 'change': {
        // Nothing can be mended of a group that was never declared.
        if (happening.change.k === 'seq' && this.state.head.changedAt === 0) return;
        const recording = record(this.state, toChange(happening.change), this.now);
        if (recording.kind === 'refused') throw new Error(`refused: ${recording.refusal.code}`);
        if (recording.kind === 'changed') this.state = familiar(recording.state);
        const head = structuredClone(this.head);
        if (model.record(head, happening.change)) this.head = head;
        model.tidy(this.head);
        return;
      }
      case 'mark': {
        if (this.calls.length > 0) return;
        const planned = plan({ ...this.state, head: { ...this.state.head, notBefore: 0 } }, 'me', this.now);
        this.ops = model.mark(this.head, timing.landing);
        this.state = planned.state;
        this.calls = planned.calls;
        expect(this.calls.map(nameOf).sort()).toEqual(this.ops.map(({ o }) => o).sort());
        return;
      }
      case 'learn': {
        if (this.calls.length === 0) return;
        const answers = new Map(this.ops.map(({ o }, n) => [o, happening.answers[n % 3] ?? 'ok']));
        for (const op of this.ops) op.res = fitting(op.o, answers.get(op.o) ?? 'ok');
        const answered = this.calls.map((call) => {
          const name = nameOf(call);
          return { call, answer: toAnswer(fitting(name, answers.get(name) ?? 'ok')) };
        });
        const learning = { now: this.now, giveUpAfter: 1e12, waitAfter: () => 1_000, isGroupSeen: false };
        this.state = applyAnswers(this.state, answered, learning).state;
        model.learn(this.head, this.ops, timing.unsure);
        model.tidy(this.head);
        this.calls = [];
        this.ops = [];
        return;
      }
      case 'pass':
        this.now += happening.milliseconds;
        // Whoever takes so long has lost the lease, and with it the right to write down what was answered.
        if (happening.milliseconds > timing.lease) {
          this.calls = [];
          this.ops = [];
        }
        this.ops = model.pass(this.head, this.ops, happening.milliseconds);
    }
  }

  compare(): void {
    const { head, pages } = this.state;
    const left = (time: number) => Math.max(0, time - this.now);
    const covered = (sequence: number) =>
      sequence > head.watermark && sequence !== noSequence ? sequence : 0;
    const view = (r: Entry) => ({ s: r.step, c: left(r.current), l: left(r.late), d: Number(r.said404) });
    const ours = {
      ...view(head),
      w:
        head.want.kind === 'gone'
          ? model.gone
          : head.want.kind === 'unspecified'
            ? model.unspecified
            : Number(head.want.displayName),
      q: Math.max(0, head.sequence),
      seen: Number(head.seen),
      ending: Number(head.ending),
      watermark: Math.max(0, head.watermark),
      isSettled: isSettled(head),
      m: members.map((member) => {
        const held = pages.get(0)?.get(memberKey(member));
        if (held === undefined) return null;
        const isForgotten =
          !held.wanted &&
          held.step === 'done' &&
          covered(held.sequence) === 0 &&
          left(held.current) + left(held.late) === 0;
        return isForgotten ? null : { ...view(held), w: Number(held.wanted), q: covered(held.sequence) };
      }),
    };
    const { nx: _wait, up: _failed, ...theirs } = this.head;
    const m = this.head.m.map((r) => (r === null ? null : { ...r, q: r.q > this.head.watermark ? r.q : 0 }));
    expect(ours).toEqual({ ...theirs, m, isSettled: model.isSettled(this.head) });
  }
}

/** What is expected of a member that the ledger never had is no part of the model: tests of its own look at that. */
function familiar(state: LedgerState): LedgerState {
  const pages = [...state.pages].map(
    ([index, page]) =>
      [index, new Map([...page].map(([key, held]) => [key, { ...held, isUnknown: false }]))] as const,
  );
  return { ...state, pages: new Map(pages) };
}

function toChange(change: model.ModelChange): Change {
  const sequence = change.q === 0 ? {} : { sequence: change.q };
  const at = (i: number) => members.slice(i, i + 1);
  switch (change.k) {
    case 'put':
      return { ...about, ...sequence, kind: 'put-group', displayName: String(change.p), description: null };
    case 'del':
      return { ...about, ...sequence, kind: 'delete-group' };
    case 'add':
      return { ...about, ...sequence, kind: 'patch-members', add: at(change.i), remove: [] };
    case 'rem':
      return { ...about, ...sequence, kind: 'patch-members', add: [], remove: at(change.i) };
    case 'seq':
      return { ...about, kind: 'resequence', resequence: change.q };
    case 'set':
      return {
        ...about,
        ...sequence,
        kind: 'put-members',
        members: members.filter((_m, i) => (change.mask >> i) & 1),
      };
  }
}

/** A call by the model's name for it. */
function nameOf({ write, want }: Call): string {
  const properties = want.kind === 'present' ? want.displayName : '';
  switch (write.kind) {
    case 'create-group':
      return `C${properties}`;
    case 'update-group':
      return `P${properties}`;
    case 'delete-group':
      return 'X';
    case 'read-group':
      return 'G';
    default: {
      const { id } = write.member;
      return `${write.kind === 'add-member' ? 'A' : 'R'}${members.findIndex((member) => member.id === id)}`;
    }
  }
}

/** A creation is answered "exists" where others hear 404; an addition's 404 is compared by tests of its own. */
function fitting(name: string, answer: string): string {
  if (answer !== '404') return answer;
  if (name.startsWith('C')) return '409';
  return name.startsWith('A') ? 'ok' : '404';
}

function toAnswer(answer: string): Answer {
  const graph = { status: Number(answer), code: null, requestId: null };
  const answers: { readonly [answer: string]: GraphAnswer | Answer } = {
    ok: { kind: 'ok' },
    '400': { kind: 'refused', graph },
    '404': { kind: 'absent', graph },
    '409': { kind: 'exists', graph },
    '429': { kind: 'throttled', why: '', graph, retryAfter: null },
    amb: { kind: 'silent', why: '', graph: null, retryAfter: null },
  };
  return answers[answer] ?? { kind: 'not-called' };
}

describe('the functions of the ledger', () => {
  it.each([
    ['without sequences', false],
    ['with sequences', true],
  ])('say what the reference model says, %s', (_how, isSequenced) => {
    fc.assert(
      fc.property(happenings(isSequenced), (all) => {
        const pair = new Pair();
        for (const happening of all) {
          pair.run(happening);
          pair.compare();
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
