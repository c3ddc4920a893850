import { type DeclaredMember, memberKey } from '../../groups/member.ts';
import { forEachInSteps, type Steps } from '../../shared/steps.ts';
import { type Applied, combined, superseded } from './applied.ts';
import type { Draft } from './draft.ts';
import { isOlder, type MemberEntry, noSequence, withNewWant } from './entry.ts';
import { isRemoved } from './page.ts';

/** The state that a change declares for members. */
interface DesiredMembership {
  readonly wanted: boolean;
  /** The sequence of the change. */
  readonly sequence: number;
  /** The sequence that the members have from then on. */
  readonly recordedAs: number;
  readonly now: number;
}

export function* setMembers(
  work: Draft,
  members: Iterable<DeclaredMember>,
  desired: DesiredMembership,
): Steps<Applied> {
  let [applies, changed] = [false, false];
  yield* forEachInSteps(members, (member) => {
    const one = setMember(work, member, desired);
    applies ||= one.applies;
    changed ||= one.changed;
  });
  return { applies, changed };
}

export function membersOf(work: Draft): readonly DeclaredMember[] {
  return [...work.members()].map(([, member]) => member);
}

/**
 * Sets the desired state of one member, whatever its type: the type declared last counts. Each type has an entry of its
 * own, because changing the type takes a removal and an addition.
 */
function setMember(work: Draft, member: DeclaredMember, desired: DesiredMembership): Applied {
  const others = work.findSameId(memberKey(member)).map(([, other]) => other);
  if (others.length === 0) return setOfType(work, member, desired);
  const sequences = others.map(({ sequence }) => sequence);
  if (isOlder(desired.sequence, work.head.watermark, ...sequences)) return superseded;
  const isKnown = desired.wanted || work.find(memberKey(member)) !== undefined;
  const leave = desired.wanted ? others.filter(({ wanted }) => wanted) : others;
  return combined([
    ...leave.map((other) => setOfType(work, other, { ...desired, wanted: false })),
    ...(isKnown ? [setOfType(work, member, desired)] : []),
  ]);
}

function setOfType(work: Draft, member: DeclaredMember, desired: DesiredMembership): Applied {
  const { wanted, recordedAs: sequence, now } = desired;
  const key = memberKey(member);
  const held = work.find(key);
  if (isOlder(desired.sequence, work.head.watermark, held?.sequence ?? noSequence)) return superseded;
  // A removal leaves the name by which it was declared: if the removal is repeated, the ledger knows that it is done.
  const nameHash = wanted ? member.nameHash : (held?.nameHash ?? member.nameHash);
  const set = (entry: MemberEntry) => work.set(key, withName(entry, nameHash));
  const { type, id } = held ?? member;
  if (!wanted && work.head.want.kind === 'gone') {
    const tombstone = { type, id, ...removed(now), wanted, isUnknown: false, code: null, sequence };
    return forget(work, key, withName(tombstone, nameHash));
  }
  if (held === undefined) {
    const late = wanted ? openOfSameId(work, key) : 0;
    set({ type, id, wanted, isUnknown: !wanted, code: null, ...fresh, late, sequence });
  } else if (held.wanted !== wanted) {
    const late = Math.max(horizonOf(held), wanted ? openOfSameId(work, key) : 0);
    const before = { ...held, late };
    set({ ...before, ...withNewWant(before, sequence), wanted, isUnknown: false, code: null });
  } else if (held.step === 'refused') {
    set({
      ...held,
      step: 'todo',
      said404: false,
      code: null,
      sequence: Math.max(sequence, held.sequence),
    });
  } else if (sequence > Math.max(held.sequence, work.head.watermark)) {
    // A removal is remembered from the last change that repeats it.
    const late = isRemoved(held) ? now : held.late;
    set({ ...held, late, sequence });
  } else if (held.nameHash !== nameHash) set(held);
  else return { applies: true, changed: false };
  return { applies: true, changed: true };
}

function withName({ nameHash: _before, ...entry }: MemberEntry, nameHash: string | undefined): MemberEntry {
  return nameHash === undefined ? entry : { ...entry, nameHash };
}

/** Until when an earlier write may take effect: `late`, unless it says how long to wait, or when somebody was removed. */
function horizonOf(held: MemberEntry): number {
  return isRemoved(held) || (held.wanted && held.isUnknown) ? 0 : held.late;
}

/** Nobody is a member of a deleted group: a removal is remembered for its sequence alone. */
function forget(work: Draft, key: string, tombstone: MemberEntry): Applied {
  const held = work.find(key);
  const isNew = held === undefined || !isRemoved(held) || tombstone.sequence > held.sequence;
  if (!isNew || (held === undefined && tombstone.sequence === noSequence))
    return { applies: true, changed: false };
  work.set(key, tombstone);
  return { applies: true, changed: true };
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

/** Sequences covered by the watermark are dropped when their page is next written. */
export function raiseWatermark(work: Draft, sequence: number): Applied {
  if (sequence <= work.head.watermark) return superseded;
  work.update({ watermark: sequence });
  return { applies: true, changed: true };
}
