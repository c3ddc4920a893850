import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memberKey, type RequestedMember } from '../../../../src/groups/member.ts';
import { type MemberName, nameHash, nameKey } from '../../../../src/groups/member-name.ts';
import type { RequestedChange } from '../../../../src/ledger/core/change.ts';
import { newHead, sumOf } from '../../../../src/ledger/core/head.ts';
import { decodePage, encodePage } from '../../../../src/ledger/core/page-codec.ts';
import { type Recording, record } from '../../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../../src/ledger/core/state.ts';
import { createResolveChange } from '../../../../src/ledger/resolve-change.ts';
import type { Holder } from '../../../../src/names/look-up-names.ts';
import { AdapterError } from '../../../../src/problems/adapter-error.ts';
import { newTrace } from '../../../../src/telemetry/trace-context.ts';

const idOf = (person: number) => `00000000-0000-4000-8000-${String(person).padStart(12, '0')}`;
const nameOf = (name: string): MemberName => ({ kind: 'mail', value: `${name}@contoso.com` });
const about = { connectionId: 'contosohr', groupId: 'night' };

/** Who has which name; nobody: it is missing. */
type Directory = Readonly<Record<string, readonly number[]>>;

interface Said {
  readonly refused: string | null;
  readonly superseded: boolean;
  /** Pointers of the names that were refused. */
  readonly errors: readonly string[];
  readonly reassigned: number;
}

/** A group of the ledger, whose members are declared through lookups in a directory. */
function startGroup() {
  let state: LedgerState = { head: newHead('contosohr', 'night', newTrace()), pages: new Map() };
  let holders: Directory = {};
  const resolveChange = createResolveChange((names) =>
    Promise.resolve(
      new Map(
        names.map((name): [string, Holder] => {
          const [one, another] = holders[name.value.split('@')[0] ?? ''] ?? [];
          if (one === undefined) return [nameKey(name), 'not-found'];
          return [nameKey(name), another === undefined ? { id: idOf(one) } : 'ambiguous'];
        }),
      ),
    ),
  );
  const entries = () => [...state.pages.values()].flatMap((page) => [...page.values()]);
  async function say(change: RequestedChange): Promise<Said> {
    const nothing = { refused: null, superseded: false, errors: [], reassigned: 0 };
    try {
      const resolved = await resolveChange(change, { milliseconds: 1, trace: newTrace(), urgent: true });
      const recording: Recording = record(state, resolved.change, 1_700_000_000_000);
      if (recording.kind === 'refused') return { ...nothing, refused: recording.refusal.code };
      if (recording.kind === 'changed') state = recording.state;
      const { unmatched, reassigned } = recording.names;
      const superseded = recording.kind === 'unchanged' && recording.superseded;
      const errors = superseded ? [] : [...resolved.faults.map(({ pointer }) => pointer), ...unmatched];
      return { ...nothing, superseded, errors, reassigned };
    } catch (thrown) {
      if (!(thrown instanceof AdapterError)) throw thrown;
      return { ...nothing, refused: thrown.code };
    }
  }
  const listed = (list: string, members: readonly (string | number)[]) =>
    members.map((one, n): RequestedMember => {
      const at = `/${list}/${n}`;
      return typeof one === 'number'
        ? { type: 'user', id: idOf(one) }
        : { type: 'user', name: nameOf(one), at };
    });
  return {
    directory: (next: Directory) => {
      holders = next;
    },
    put: (members: readonly (string | number)[], sequence?: number) =>
      say({
        ...about,
        kind: 'put-members',
        members: listed('members', members),
        removals: 1_000,
        ...(sequence === undefined ? {} : { sequence }),
      }),
    patch: (add: readonly (string | number)[], remove: readonly (string | number)[], sequence?: number) =>
      say({
        ...about,
        kind: 'patch-members',
        add: listed('add', add),
        remove: listed('remove', remove),
        ...(sequence === undefined ? {} : { sequence }),
      }),
    wanted: () =>
      entries()
        .filter(({ wanted }) => wanted)
        .map(({ id }) => Number(id.slice(-12)))
        .sort(),
    declaredBy: (name: string) =>
      entries()
        .filter((one) => one.wanted && one.nameHash === nameHash(nameOf(name)))
        .map(({ id }) => Number(id.slice(-12))),
    state: () => state,
  };
}

const names = ['a', 'b', 'c'];
const member = fc.oneof(fc.constantFrom(...names), fc.integer({ min: 0, max: 3 }));
const members = fc.uniqueArray(member, { maxLength: 4 });
const directory = fc.record(
  Object.fromEntries(
    names.map((name) => [name, fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 2 })]),
  ),
);
const step = fc.record({
  directory,
  isList: fc.boolean(),
  members,
  remove: members,
  sequence: fc.integer({ min: 0, max: 8 }),
});

describe.each([['without sequences', false] as const, ['with sequences', true] as const])(
  'whatever names are said of whom, %s',
  (_words, isSequenced) => {
    it('nobody goes by a name that nobody or several people have, and no removal that was not carried out is a success', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
          const group = startGroup();
          for (const { directory: holders, isList, members: said, remove, sequence } of steps) {
            group.directory(holders);
            const order = isSequenced ? [sequence] : [];
            const before = new Map(names.map((name) => [name, group.declaredBy(name)]));
            const wantedBefore = group.wanted();
            const answer = isList
              ? await group.put(said, ...order)
              : await group.patch(said, remove, ...order);
            const isDone = answer.refused === null && !answer.superseded;
            if (!isDone) expect(group.wanted()).toEqual(wantedBefore);
            const removed = isList ? [] : remove.filter((one) => typeof one === 'string');
            for (const name of names) {
              const [holder, another] = holders[name] ?? [];
              const isUnknown = holder === undefined || another !== undefined;
              if (isList && isUnknown && said.includes(name))
                for (const person of before.get(name) ?? []) expect(group.wanted()).toContain(person);
              if (!isDone || isSequenced || !removed.includes(name)) continue;
              const at = `/remove/${remove.indexOf(name)}`;
              if (answer.errors.includes(at)) continue;
              // Carried out: neither who has the name now nor who was declared by it.
              for (const person of [...(isUnknown ? [] : [holder]), ...(before.get(name) ?? [])])
                expect(group.wanted()).not.toContain(person);
              expect(!isUnknown || (before.get(name) ?? []).length > 0 || knownRemoved(group, name)).toBe(
                true,
              );
            }
            // Nobody goes without a word: removed by id, by name, by a list, or by a name that is somebody else's.
            for (const person of wantedBefore) {
              if (group.wanted().includes(person) || isList) continue;
              const byName = names.some(
                (name) =>
                  (before.get(name) ?? []).includes(person) &&
                  (remove.includes(name) || (said.includes(name) && (holders[name] ?? []).length === 1)),
              );
              const isHolder = removed.some((name) => (holders[name] ?? []).join() === String(person));
              expect(byName || isHolder || remove.includes(person)).toBe(true);
            }
            for (const page of group.state().pages.values())
              expect(decodePage(encodePage(page))).toEqual(page);
          }
        }),
        { numRuns: 300 },
      );
    });
  },
);

/** Somebody was declared by it, and is gone already. */
function knownRemoved(group: ReturnType<typeof startGroup>, name: string): boolean {
  const entries = [...group.state().pages.values()].flatMap((page) => [...page.values()]);
  return entries.some((one) => !one.wanted && one.nameHash === nameHash(nameOf(name)));
}

describe('a change with names and a sequence', () => {
  it('adds whom it could not find when it comes again: a list too', async () => {
    const group = startGroup();
    group.directory({ a: [0] });
    expect((await group.put(['a', 'b'], 5)).errors).toEqual(['/members/1']);
    expect((await group.put(['a', 'b'], 5)).errors).toEqual(['/members/1']);
    group.directory({ a: [0], b: [1] });
    expect(await group.put(['a', 'b'], 5)).toMatchObject({ errors: [], superseded: false });
    expect(group.wanted()).toEqual([0, 1]);
    expect((await group.put(['a', 'b'], 5)).superseded).toBe(true);
  });

  it('adds even whom the same list, before the account was there, has removed', async () => {
    const group = startGroup();
    await group.patch([1, 2], [], 4);
    group.directory({});
    await group.put(['b', 2], 5);
    expect(group.wanted()).toEqual([2]);
    group.directory({ b: [1] });
    await group.put(['b', 2], 5);
    expect(group.wanted()).toEqual([1, 2]);
  });

  it('of nobody but the unfound is not superseded by itself', async () => {
    const group = startGroup();
    expect((await group.put(['b'], 5)).errors).toEqual(['/members/0']);
    expect(await group.put(['b'], 5)).toMatchObject({ errors: ['/members/0'], superseded: false });
    expect(await group.patch(['b'], [], 6)).toMatchObject({ errors: ['/add/0'], superseded: false });
  });

  it('keeps its place among others: an earlier one adds nobody that the list left out', async () => {
    const group = startGroup();
    group.directory({});
    await group.put(['b'], 5);
    expect((await group.patch([3], [], 4)).superseded).toBe(true);
    expect(group.wanted()).toEqual([]);
    expect((await group.put([3], 5)).superseded).toBe(false);
  });

  it('is superseded whatever its names, once a later list has said everything', async () => {
    const group = startGroup();
    await group.put([0], 9);
    expect(await group.put(['b'], 5)).toMatchObject({ superseded: true, errors: [] });
    expect(await group.patch(['b'], ['c'], 5)).toMatchObject({ superseded: true, errors: [] });
  });

  it('is not superseded with a removal that is not carried out', async () => {
    const group = startGroup();
    await group.patch([0], [], 9);
    expect(await group.patch([0], ['c'], 5)).toMatchObject({ superseded: false, errors: ['/remove/0'] });
    group.directory({ c: [1, 2] });
    expect(await group.patch([0], ['c'], 5)).toMatchObject({ superseded: false, errors: ['/remove/0'] });
  });

  it('that is late adds nobody by a name that was removed since, whoever has it now', async () => {
    const group = startGroup();
    group.directory({ a: [0] });
    await group.patch(['a'], [], 5);
    await group.patch([], ['a'], 10);
    group.directory({ a: [1] });
    expect((await group.patch(['a'], [], 7)).superseded).toBe(true);
    expect(group.wanted()).toEqual([]);
    await group.patch(['a'], [], 11);
    expect(group.wanted()).toEqual([1]);
  });

  it('tells of a reassignment only where somebody goes', async () => {
    const group = startGroup();
    group.directory({ a: [0] });
    await group.patch(['a'], [], 5);
    group.directory({ a: [1] });
    expect((await group.patch(['a'], [], 3)).reassigned).toBe(0);
    expect((await group.patch(['a'], [], 6)).reassigned).toBe(1);
    expect(group.wanted()).toEqual([1]);
  });
});

describe('a change that adds whom it removes', () => {
  it('by two names is refused, at the removal', async () => {
    const group = startGroup();
    group.directory({ a: [0], b: [0] });
    expect((await group.patch(['a'], ['b'])).refused).toBe('validation-failed');
  });

  it('by the name by which somebody was declared is refused too: the removal would not be carried out', async () => {
    const group = startGroup();
    group.directory({ a: [0] });
    await group.patch(['a'], []);
    group.directory({ b: [0] });
    expect((await group.patch(['b'], ['a'])).refused).toBe('validation-failed');
    expect(group.wanted()).toEqual([0]);
  });
});

it('a group with names grows to more pages, and finds whoever was declared by a name on any of them', async () => {
  const group = startGroup();
  const many = Array.from({ length: 2_600 }, (_, n) => n + 10);
  group.directory(Object.fromEntries(many.map((person) => [`p${person}`, [person]])));
  await group.put(many.slice(0, 900).map((person) => `p${person}`));
  expect(group.state().head.bits).toBe(0);
  await group.patch(
    many.slice(900, 1_800).map((person) => `p${person}`),
    [],
  );
  await group.patch(
    many.slice(1_800).map((person) => `p${person}`),
    [],
  );
  expect(group.state().head.bits).toBeGreaterThan(0);
  expect(group.state().head.pages.reduce((sum, { named }) => sum + named, 0)).toBe(many.length);
  group.directory({});
  expect((await group.patch([], [`p${many[0]}`, `p${many.at(-1)}`])).errors).toEqual([]);
  expect(sumOf(group.state().head, 'wanted')).toBe(many.length - 2);
  expect(memberKey({ type: 'user', id: idOf(many[0] ?? 0) })).toBe(`user:${idOf(10)}`);
});
