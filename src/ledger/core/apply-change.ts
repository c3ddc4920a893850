import { type DeclaredMember, memberKey } from '../../groups/member.ts';
import { forEachInSteps, type Steps } from '../../shared/steps.ts';
import type { Change } from './change.ts';
import type { Draft } from './draft.ts';
import { type GroupWant, type Head, sameWant } from './head.ts';
import { isOlder } from './is-older.ts';
import { consequencesOfNames, type NamesSeen, noNames, staysByName } from './named-members.ts';
import { isRemoved } from './page.ts';
import { openUntil } from './progress.ts';
import { flipped, type MemberRegister, noSequence } from './register.ts';

/** The result of a change. */
export interface Applied {
  /** It takes precedence for at least one thing it names. */
  readonly spoken: boolean;
  /** Something in the ledger has changed. */
  readonly changed: boolean;
  readonly names?: NamesSeen;
  /** The group shall be absent from now on. */
  readonly isDeletion?: true;
}

const tryAgain = { step: 'todo', refusal: null } as const;
const nothing: Applied = { spoken: false, changed: false };

/** Applies a change to a draft, thing by thing: anything with the same or a higher sequence is left unchanged. */
export function* applyChange(work: Draft, change: Change, now: number): Steps<Applied> {
  const sequence = change.sequence ?? noSequence;
  switch (change.kind) {
    case 'put-group': {
      const { displayName, description } = change;
      return putGroup(work, { kind: 'present', displayName, description }, sequence);
    }
    case 'delete-group':
      return yield* deleteGroup(work, sequence, now);
    case 'put-members':
      return yield* putMembers(work, change, sequence, now);
    case 'patch-members':
      return yield* patchMembers(work, change, sequence, now);
    case 'resequence':
      return { spoken: true, changed: yield* resequence(work, change.resequence) };
    case 'retry':
      return { spoken: true, changed: yield* retryRefused(work) };
    case 'reassert':
      return { spoken: true, changed: yield* reassert(work) };
  }
}

function putGroup(work: Draft, want: GroupWant, sequence: number): Applied {
  const { head } = work;
  if (isOlder(sequence, head.sequence)) return nothing;
  const isRefused = head.step === 'refused';
  if (!sameWant(head.want, want)) {
    // A deletion in progress is completed first; the group declared after it starts from scratch.
    if (head.ending) work.update({ want, sequence, ...(isRefused ? tryAgain : {}) });
    else work.update({ want, refusal: null, ...flipped(withoutWait(head), sequence) });
    return { spoken: true, changed: true };
  }
  if (isRefused) work.update(tryAgain);
  const isHigher = sequence > head.sequence;
  if (isHigher) work.update({ sequence });
  return { spoken: true, changed: isHigher || isRefused };
}

function* deleteGroup(work: Draft, sequence: number, now: number): Steps<Applied> {
  const { head } = work;
  const applies = !isOlder(sequence, head.sequence);
  const all: Applied[] = [{ spoken: applies, changed: false }];
  if (applies && head.want.kind !== 'gone') {
    all.push({ spoken: true, changed: true, isDeletion: true });
    work.update({ want: { kind: 'gone' }, sequence, deletedAt: now });
    if (!head.ending) work.update(endLife(withoutWait(head)));
    else if (head.step === 'refused') work.update(tryAgain);
  } else if (applies) {
    const isRefused = head.step === 'refused';
    if (isRefused) work.update(tryAgain);
    // Said again, it counts anew: a creation that was queued in between is too old as well.
    all.push({ spoken: true, changed: true, isDeletion: true });
    work.update({ sequence: Math.max(sequence, head.sequence), deletedAt: now });
  }
  all.push(yield* forgetMembers(work, sequence, now), raiseFloor(work, sequence));
  return any(all);
}

/** A group that was never declared was never written: its `late` is the delay after a 404 to reading it. */
function withoutWait(head: Head): Head {
  return head.want.kind === 'untold' ? { ...head, late: 0 } : head;
}

/** The deletion is final once no write before it can take effect any more. */
function endLife(head: Head): Partial<Head> {
  return { ending: true, step: 'todo', said404: false, refusal: null, late: openUntil(head), current: 0 };
}

function* forgetMembers(work: Draft, sequence: number, now: number): Steps<Applied> {
  const { want, floor, pages } = work.head;
  // An older deletion: the group stays, but its members that were declared before it do not.
  if (want.kind !== 'gone')
    return yield* sayAll(work, membersOf(work), { wanted: false, sequence, recordedAs: sequence, now });
  const stay: (readonly [string, MemberRegister])[] = [];
  yield* forEachInSteps(work.members(), ([key, { wanted, sequence: said, ...member }]) => {
    if (!isOlder(sequence, floor, said)) return;
    // Declared after the deletion: these members belong to the next group of this id.
    const fate = wanted ? fresh : removed(now);
    stay.push([key, { ...member, ...fate, code: null, strange: false, wanted, sequence: said }]);
  });
  const had = pages.reduce((sum, { entries }) => sum + entries, 0);
  if (had === 0) return nothing;
  yield* work.replaceMembers(stay);
  return { spoken: stay.length < had, changed: stay.length < had };
}

function* putMembers(
  work: Draft,
  change: Extract<Change, { kind: 'put-members' }>,
  sequence: number,
  now: number,
): Steps<Applied> {
  const { members } = change;
  const listed = new Set<string>();
  const names = new Set<string>();
  yield* forEachInSteps(members, (member) => {
    listed.add(memberKey(member));
    if (member.nameHash !== undefined) names.add(member.nameHash);
  });
  const others: DeclaredMember[] = [];
  let reassigned = 0;
  const { floor } = work.head;
  yield* forEachInSteps(work.members(), ([key, member]) => {
    if (listed.has(key) || staysByName(change, member)) return;
    others.push(member);
    const isTaken = member.nameHash !== undefined && names.has(member.nameHash);
    if (member.wanted && isTaken && !isOlder(sequence, floor, member.sequence)) reassigned += 1;
  });
  const isUnfinished = hasUnknown(change) && !isOlder(sequence, floor);
  const said = { sequence, recordedAs: isUnfinished ? justBefore(sequence) : sequence, now };
  const all = any([
    yield* sayAll(work, others, { ...said, wanted: false }),
    yield* sayAll(work, members, { ...said, wanted: true }),
    raiseFloor(work, said.recordedAs),
    { spoken: sequence === noSequence || isUnfinished, changed: false },
  ]);
  return { ...all, names: { ...noNames, reassigned } };
}

/**
 * A list with a name that nobody has yet is recorded as of just before its sequence: the same list, sent again once the
 * account is there, must be able to add whom it stands for.
 */
function justBefore(sequence: number): number {
  return sequence === noSequence ? noSequence : sequence - 1;
}

function* patchMembers(
  work: Draft,
  change: Extract<Change, { kind: 'patch-members' }>,
  sequence: number,
  now: number,
): Steps<Applied> {
  const { add, remove } = change;
  const { removed, revoked, seen } = yield* consequencesOfNames(work, change, sequence);
  const isUnknown = hasUnknown(change) || seen.unmatched.length > 0;
  const isUnfinished = isUnknown && !isOlder(sequence, work.head.floor);
  const added = revoked.size === 0 ? add : add.filter((member) => !revoked.has(member));
  const said = { sequence, recordedAs: sequence, now };
  const all = any([
    yield* sayAll(work, [...remove, ...removed], { ...said, wanted: false }),
    yield* sayAll(work, added, { ...said, wanted: true }),
    // Of nobody: there is nothing that a later change could have said otherwise.
    { spoken: !isUnknown && add.length + remove.length + removed.length === 0, changed: false },
    { spoken: isUnfinished, changed: false },
  ]);
  return { ...all, names: seen };
}

/** A change with such names is not done, and so not superseded, until a later one is about every member. */
function hasUnknown({ unresolved = [] }: Change): boolean {
  return unresolved.length > 0;
}

interface Said {
  readonly wanted: boolean;
  /** Its place among other changes. */
  readonly sequence: number;
  /** The sequence that what it names has from then on. */
  readonly recordedAs: number;
  readonly now: number;
}

function* sayAll(work: Draft, members: Iterable<DeclaredMember>, said: Said): Steps<Applied> {
  let [spoken, changed] = [false, false];
  yield* forEachInSteps(members, (member) => {
    const one = say(work, member, said);
    spoken ||= one.spoken;
    changed ||= one.changed;
  });
  return { spoken, changed };
}

function membersOf(work: Draft): readonly DeclaredMember[] {
  return [...work.members()].map(([, member]) => member);
}

/** What a change says about one member. */
function say(work: Draft, member: DeclaredMember, said: Said): Applied {
  const { wanted, recordedAs: sequence, now } = said;
  const key = memberKey(member);
  const held = work.find(key);
  if (isOlder(said.sequence, work.head.floor, held?.sequence ?? noSequence)) return nothing;
  // A removal leaves the name by which it was declared: said again, it is known to be carried out.
  const nameHash = wanted ? member.nameHash : (held?.nameHash ?? member.nameHash);
  const set = (register: MemberRegister) => work.set(key, withName(register, nameHash));
  const { type, id } = held ?? member;
  if (!wanted && work.head.want.kind === 'gone') return forget(work, key, { type, id, sequence, now });
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
function forget(
  work: Draft,
  key: string,
  { now, ...member }: Pick<MemberRegister, 'type' | 'id' | 'sequence'> & { readonly now: number },
): Applied {
  const held = work.find(key);
  const isNew = held === undefined || !isRemoved(held) || member.sequence > held.sequence;
  if (!isNew || (held === undefined && member.sequence === noSequence))
    return { spoken: true, changed: false };
  work.set(key, { ...member, ...removed(now), wanted: false, strange: false, code: null });
  return { spoken: true, changed: true };
}

/** Until when a removal of the same id under another type may take effect, and would undo an addition. */
function openOfSameId(work: Draft, key: string): number {
  return Math.max(0, ...work.findSameId(key).map(([, { current, late }]) => Math.max(current, late)));
}

const fresh = { step: 'todo', current: 0, late: 0, said404: false } as const;

/** The `late` of a tombstone is the time from which it is remembered. */
function removed(now: number) {
  return { ...fresh, step: 'done', late: now } as const;
}

/** Sequences covered by the floor are dropped when their page is next written. */
function raiseFloor(work: Draft, sequence: number): Applied {
  if (sequence <= work.head.floor) return nothing;
  work.update({ floor: sequence });
  return { spoken: true, changed: true };
}

function* retryRefused(work: Draft): Steps<boolean> {
  let changed = work.head.step === 'refused';
  if (changed) work.update(tryAgain);
  yield* forEachInSteps(work.members(), ([key, member]) => {
    if (member.step !== 'refused') return;
    work.set(key, { ...member, step: 'todo', said404: false, code: null });
    changed = true;
  });
  return changed;
}

/** The floor covers every member: only a sequence above it must be taken back, and the pages that hold one were read. */
function* resequence(work: Draft, sequence: number): Steps<boolean> {
  const { head } = work;
  let changed = [head.sequence, head.floor, head.highest].some((held) => held !== sequence);
  work.update({ sequence, floor: sequence, highest: sequence });
  yield* forEachInSteps(work.members(), ([key, member]) => {
    if (member.sequence <= sequence) return;
    work.set(key, { ...member, sequence: noSequence });
    changed = true;
  });
  return changed;
}

/**
 * Work in progress started before this change: its answers must not count, so its lease ends. Of a deleted group nothing
 * is recorded but that it was deleted: one that is there again was created by somebody else, and stays.
 */
function* reassert(work: Draft): Steps<boolean> {
  const { head } = work;
  if (head.want.kind === 'gone' && !head.ending) return false;
  work.update({ lease: null });
  if (head.want.kind !== 'untold') work.update({ step: 'todo', said404: false, refusal: null });
  if (head.want.kind === 'gone') return true;
  yield* forEachInSteps(work.members(), ([key, member]) => {
    // Whoever was removed for good is not expected to be there, and the time of the removal is no horizon.
    const removal = isRemoved(member) ? { strange: true, late: 0 } : { strange: false };
    work.set(key, { ...member, step: 'todo', said404: false, code: null, ...removal });
  });
  return true;
}

function any(all: readonly Applied[]): Applied {
  return {
    spoken: all.some(({ spoken }) => spoken),
    changed: all.some(({ changed }) => changed),
    ...(all.some(({ isDeletion }) => isDeletion) ? { isDeletion: true } : {}),
  };
}
