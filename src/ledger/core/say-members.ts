import { type DeclaredMember, memberKey } from '../../groups/member.ts';
import { forEachInSteps, type Steps } from '../../shared/steps.ts';
import { type Applied, any, nothing } from './applied.ts';
import type { Draft } from './draft.ts';
import { isRemoved } from './page.ts';
import { flipped, isOlder, type MemberRegister, noSequence } from './register.ts';

/** What a change says about members. */
export interface Said {
  readonly wanted: boolean;
  /** Its place among other changes. */
  readonly sequence: number;
  /** The sequence that what it names has from then on. */
  readonly recordedAs: number;
  readonly now: number;
}

export function* sayAll(work: Draft, members: Iterable<DeclaredMember>, said: Said): Steps<Applied> {
  let [spoken, changed] = [false, false];
  yield* forEachInSteps(members, (member) => {
    const one = say(work, member, said);
    spoken ||= one.spoken;
    changed ||= one.changed;
  });
  return { spoken, changed };
}

export function membersOf(work: Draft): readonly DeclaredMember[] {
  return [...work.members()].map(([, member]) => member);
}

/**
 * What a change says about one member, whatever its type: the type said last counts. Under each type it has a register of
 * its own, because it takes a removal and an addition to change it.
 */
function say(work: Draft, member: DeclaredMember, said: Said): Applied {
  const others = work.findSameId(memberKey(member)).map(([, other]) => other);
  if (others.length === 0) return sayOfType(work, member, said);
  const sequences = others.map(({ sequence }) => sequence);
  if (isOlder(said.sequence, work.head.floor, ...sequences)) return nothing;
  const isKnown = said.wanted || work.find(memberKey(member)) !== undefined;
  const leave = said.wanted ? others.filter(({ wanted }) => wanted) : others;
  return any([
    ...leave.map((other) => sayOfType(work, other, { ...said, wanted: false })),
    ...(isKnown ? [sayOfType(work, member, said)] : []),
  ]);
}

function sayOfType(work: Draft, member: DeclaredMember, said: Said): Applied {
  const { wanted, recordedAs: sequence, now } = said;
  const key = memberKey(member);
  const held = work.find(key);
  if (isOlder(said.sequence, work.head.floor, held?.sequence ?? noSequence)) return nothing;
  // A removal leaves the name by which it was declared: said again, it is known to be carried out.
  const nameHash = wanted ? member.nameHash : (held?.nameHash ?? member.nameHash);
  const set = (register: MemberRegister) => work.set(key, withName(register, nameHash));
  const { type, id } = held ?? member;
  if (!wanted && work.head.want.kind === 'gone') {
    const tombstone = { type, id, ...removed(now), wanted, strange: false, code: null, sequence };
    return forget(work, key, withName(tombstone, nameHash));
  }
  if (held === undefined) {
    const late = wanted ? openOfSameId(work, key) : 0;
    set({ type, id, wanted, strange: !wanted, code: null, ...fresh, late, sequence });
  } else if (held.wanted !== wanted) {
    const late = Math.max(horizonOf(held), wanted ? openOfSameId(work, key) : 0);
    const before = { ...held, late };
    set({ ...before, ...flipped(before, sequence), wanted, strange: false, code: null });
  } else if (held.step === 'refused') {
    set({
      ...held,
      step: 'todo',
      said404: false,
      code: null,
      sequence: Math.max(sequence, held.sequence),
    });
  } else if (sequence > Math.max(held.sequence, work.head.floor)) {
    // A removal is remembered from the last change that says so.
    const late = isRemoved(held) ? now : held.late;
    set({ ...held, late, sequence });
  } else if (held.nameHash !== nameHash) set(held);
  else return { spoken: true, changed: false };
  return { spoken: true, changed: true };
}

function withName(
  { nameHash: _before, ...register }: MemberRegister,
  nameHash: string | undefined,
): MemberRegister {
  return nameHash === undefined ? register : { ...register, nameHash };
}

/** Until when an earlier write may take effect: `late`, unless it says how long to wait, or when somebody was removed. */
function horizonOf(held: MemberRegister): number {
  return isRemoved(held) || (held.wanted && held.strange) ? 0 : held.late;
}

/** Nobody is a member of a deleted group: a removal is remembered for its sequence alone. */
function forget(work: Draft, key: string, tombstone: MemberRegister): Applied {
  const held = work.find(key);
  const isNew = held === undefined || !isRemoved(held) || tombstone.sequence > held.sequence;
  if (!isNew || (held === undefined && tombstone.sequence === noSequence))
    return { spoken: true, changed: false };
  work.set(key, tombstone);
  return { spoken: true, changed: true };
}

/** Until when a removal of the same id under another type may take effect, and would undo an addition. */
function openOfSameId(work: Draft, key: string): number {
  return Math.max(0, ...work.findSameId(key).map(([, { current, late }]) => Math.max(current, late)));
}

/** Never written. */
export const fresh = { step: 'todo', current: 0, late: 0, said404: false } as const;

/** The `late` of a tombstone is the time from which it is remembered. */
export function removed(now: number) {
  return { ...fresh, step: 'done', late: now } as const;
}
