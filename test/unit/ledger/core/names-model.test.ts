import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RequestedMember } from '../../../../src/groups/member.ts';
import { type MemberName, nameKey } from '../../../../src/groups/member-name.ts';
import type { RequestedChange } from '../../../../src/ledger/core/change.ts';
import { newHead } from '../../../../src/ledger/core/head.ts';
import { record } from '../../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../../src/ledger/core/state.ts';
import { createResolveChange } from '../../../../src/ledger/resolve-change.ts';
import { AdapterError } from '../../../../src/problems/adapter-error.ts';
import { newTrace } from '../../../../src/telemetry/trace-context.ts';
import { faultsOf, type Holder, keyOfName } from '../../../simulation/declarations/by-name.ts';
import { isSuperseded, toldAfter } from '../../../simulation/declarations/desired.ts';
import { pointed } from '../../../simulation/declarations/draw-members.ts';
import { toTold } from '../../../simulation/declarations/ledger-view.ts';
import { names, people } from '../../../simulation/declarations/names.ts';
import type { Told } from '../../../simulation/declarations/told.ts';

const now = 1_700_000_000_000;
const about = { connectionId: 'contosohr', groupId: 'night' };

/** A group of the ledger, as the product records it, and a directory. */
function startGroup() {
  let state: LedgerState = { head: newHead('contosohr', 'night', newTrace()), pages: new Map() };
  let holders: readonly Holder[] = [];
  const holderOf = (name: MemberName) =>
    holders[names.findIndex((one) => keyOfName(one) === keyOfName(name))] ?? 'not-found';
  const resolveChange = createResolveChange((asked) =>
    Promise.resolve(new Map(asked.map((name) => [nameKey(name), holderOf(name)]))),
  );

  return {
    setDirectory: (next: readonly Holder[]) => {
      holders = next;
    },
    told: (): Told => toTold(state.head, new Map([...state.pages.values()].flatMap((page) => [...page]))),
    /** Graph has done all that was to be done: whoever is gone may be forgotten. */
    settle: () => {
      const pages = new Map(
        [...state.pages].map(([index, page]) => [
          index,
          new Map(
            [...page].map(([key, register]) => [
              key,
              { ...register, step: 'done', current: 0, late: register.wanted ? 0 : now } as const,
            ]),
          ),
        ]),
      );
      state = { ...state, pages };
    },
    say: async (change: RequestedChange) => {
      try {
        const resolved = await resolveChange(change, { milliseconds: 1, trace: newTrace(), urgent: true });
        const recording = record(state, resolved.change, now);
        if (recording.kind === 'refused') return 'refused';
        if (recording.kind === 'changed') ({ state } = recording);
        if (recording.kind === 'unchanged' && recording.superseded) return 'superseded';
        return [...resolved.faults.map(({ pointer }) => pointer), ...recording.names.unmatched].sort();
      } catch (thrown) {
        if (thrown instanceof AdapterError) return 'refused';
        throw thrown;
      }
    },
  };
}

const holder = fc.oneof(
  fc.constantFrom(...people.map(({ id }): Holder => ({ id }))),
  fc.constantFrom<Holder>('not-found', 'ambiguous'),
);
const spelled = fc
  .tuple(fc.constantFrom(...names), fc.boolean())
  .map(([name, isShouted]) => (isShouted ? { ...name, value: name.value.toUpperCase() } : name));
const member: fc.Arbitrary<RequestedMember> = fc.oneof(
  fc.constantFrom<RequestedMember>(...people),
  spelled.map((name): RequestedMember => ({ type: 'user', name })),
  fc.tuple(fc.constantFrom(...people), spelled).map(([one, name]): RequestedMember => ({ ...one, name })),
);
/** As the doors take them: nobody is said twice by the same id, or by the same name alone. */
const wayOf = ({ id, name }: RequestedMember) => id ?? (name === undefined ? '' : nameKey(name));
const several = fc.uniqueArray(member, { maxLength: 4, selector: wayOf });
interface Step {
  readonly directory: readonly Holder[];
  readonly kind: string;
  readonly members: readonly RequestedMember[];
  readonly split: number;
  readonly sequence: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  directory: fc.array(holder, { minLength: names.length, maxLength: names.length }),
  kind: fc.constantFrom('list', 'patch', 'patch', 'patch', 'delete', 'put', 'resequence', 'settle'),
  members: several,
  split: fc.integer({ min: 0, max: 4 }),
  sequence: fc.integer({ min: 0, max: 9 }),
});

function changeOf({ kind, members, split, sequence }: Step, isSequenced: boolean): RequestedChange {
  const ordered = { ...about, ...(isSequenced ? { sequence } : {}) };
  switch (kind) {
    case 'list':
      return { ...ordered, kind: 'put-members', members: pointed('members', members), removals: 1_000 };
    case 'delete':
      return { ...ordered, kind: 'delete-group' };
    case 'resequence':
      return { ...about, kind: 'resequence', resequence: sequence };
    case 'put':
      return { ...ordered, kind: 'put-group', displayName: 'Night shift', description: null };
    default: {
      const [add, remove] = [members.slice(0, split), members.slice(split)];
      return {
        ...ordered,
        kind: 'patch-members',
        add: pointed('add', add),
        remove: pointed('remove', remove),
      };
    }
  }
}

/** What is compared: what the ledger happens to remember of those who are gone is its own affair. */
const comparable = ({ remembered: _own, ...told }: Told) => told;

it.each([
  ['without sequences', false],
  ['with sequences', true],
] as const)(
  'the ledger keeps the rules of names as they are written down a second time, %s',
  async (_words, isSequenced) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        const group = startGroup();
        for (const each of steps) {
          if (each.kind === 'settle' || (each.kind === 'resequence' && !isSequenced)) {
            group.settle();
            continue;
          }
          group.setDirectory(each.directory);
          const change = changeOf(each, isSequenced);
          const holders = new Map(
            names.map((name, index) => [keyOfName(name), each.directory[index] ?? 'not-found'] as const),
          );
          const before = group.told();
          const answer = await group.say(change);
          const after = comparable(group.told());
          if (answer === 'refused') {
            expect(after).toEqual(comparable(before));
            continue;
          }
          expect(after).toEqual(comparable(toldAfter(before, change, holders)));
          if (answer === 'superseded') expect(isSuperseded(before, change, holders)).toBe(true);
          else expect(answer).toEqual([...faultsOf(before, change, holders)].sort());
        }
      }),
      { numRuns: 1_500 },
    );
  },
);
