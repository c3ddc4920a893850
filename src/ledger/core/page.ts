import { hash } from 'node:crypto';
import { keysOfSameId } from '../../groups/member.ts';
import type { Head, PageSummary } from './head.ts';
import { dueTime, type MemberRegister, noSequence, type Register } from './register.ts';
import { limits, timing } from './timing.ts';

/** Members by `memberKey`. */
export type Page = ReadonlyMap<string, MemberRegister>;

/** So many places there are; a power of two, finer than the pages are at their most. */
export const places = 2 ** 24;

/**
 * The place of a member among all, whatever the number of pages: the first 24 bits of the SHA-256 of its id. Members of
 * the same id have one place, whatever their type.
 */
export function placeOf(key: string): number {
  const id = key.slice(key.indexOf(':') + 1);
  return hash('sha256', id, 'buffer').readUIntBE(0, 3);
}

/** The page of a member, of 2^bits: about equally long ones. */
export function pageOf(key: string, bits: number): number {
  return bits === 0 ? 0 : pageAt(placeOf(key), bits);
}

export function pageAt(place: number, bits: number): number {
  return Math.floor(place / (places / 2 ** bits));
}

/** The first place of a page. */
export function placeOfPage(page: number, bits: number): number {
  return page * (places / 2 ** bits);
}

/** The number of bits for which no page is too long, up to the maximum. `counts`: entries by page, at the maximum. */
export function bitsFor(counts: readonly number[], atLeast: number): number {
  for (let bits = atLeast; bits < limits.bits; bits += 1) {
    const lengths = new Array<number>(2 ** bits).fill(0);
    for (const [page, count] of counts.entries()) {
      const joined = page >> (limits.bits - bits);
      lengths[joined] = (lengths[joined] ?? 0) + count;
    }
    if (Math.max(...lengths) <= limits.page) return bits;
  }
  return limits.bits;
}

/** True if a register is no longer needed: a tombstone whose removal is final and that no older change can contradict. */
export function isForgettable(register: MemberRegister, floor: number, now: number): boolean {
  const { wanted, step, current, late, sequence } = register;
  if (wanted || step !== 'done' || current > now || late > now) return false;
  // The removal has set `late` to its own time.
  return sequence <= floor || late + timing.remembered <= now;
}

/** Drops a horizon that has passed, and a sequence covered by the floor. */
export function tidied<R extends Register>(register: R, floor: number, now: number): R {
  const current = register.current > now ? register.current : 0;
  const late = register.late > now || isTombstone(register, floor) ? register.late : 0;
  const sequence = register.sequence > floor ? register.sequence : noSequence;
  if (current === register.current && late === register.late && sequence === register.sequence)
    return register;
  return { ...register, current, late, sequence };
}

/** True if `late` is the time of the removal: it is remembered from then on. */
function isTombstone(register: Register, floor: number): boolean {
  return (
    'wanted' in register && register.wanted === false && register.step === 'done' && register.sequence > floor
  );
}

/**
 * An addition that waits until the same id is removed under another type: to Graph both are one member, and the
 * removal would take away what was just added.
 */
export function awaitsRemoval(page: Page, key: string, { wanted, step }: MemberRegister): boolean {
  if (!wanted || step === 'done' || step === 'refused') return false;
  return keysOfSameId(key).some((other) => {
    const held = page.get(other);
    return held !== undefined && !held.wanted && (held.step === 'todo' || held.step === 'again');
  });
}

/** Removed for good: `late` is then the time of the removal, not a horizon. */
export function isRemoved({ wanted, step }: MemberRegister): boolean {
  return !wanted && step === 'done';
}

export function summarise(page: Page, bytes: number): PageSummary {
  let [wanted, applied, applying, failed, open, named, sequence] = [0, 0, 0, 0, 0, 0, noSequence];
  let [removalsDue, additionsDue] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const [key, register] of page) {
    if (register.wanted) wanted += 1;
    if (register.nameHash !== undefined) named += 1;
    if (register.step === 'refused') failed += 1;
    else if (register.step !== 'done') applying += 1;
    else if (register.wanted) applied += 1;
    open = Math.max(open, register.current, isRemoved(register) ? 0 : register.late);
    sequence = Math.max(sequence, register.sequence);
    const due = awaitsRemoval(page, key, register) ? Number.POSITIVE_INFINITY : dueTime(register);
    if (register.wanted) additionsDue = Math.min(additionsDue, due);
    else removalsDue = Math.min(removalsDue, due);
  }
  const counts = { entries: page.size, wanted, applied, applying, failed };
  return { ...counts, open, removalsDue, additionsDue, sequence, bytes, named };
}

/** The numbers of all pages. */
export function allPages(head: Head): number[] {
  return head.pages.map((_page, index) => index);
}
