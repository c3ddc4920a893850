import { hash } from 'node:crypto';
import { keysOfSameId } from '../../groups/member.ts';
import { dueTime, type Entry, type MemberEntry, noSequence } from './entry.ts';
import type { Head, PageSummary } from './head.ts';
import { limits, timing } from './timing.ts';

/** Members by `memberKey`. */
export type Page = ReadonlyMap<string, MemberEntry>;

/** The number of places; a power of two, finer than the largest number of pages. */
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

/** True if an entry is no longer needed: a tombstone whose removal is final and that no older change can contradict. */
export function isForgettable(entry: MemberEntry, watermark: number, now: number): boolean {
  const { wanted, step, current, late, sequence } = entry;
  if (wanted || step !== 'done' || current > now || late > now) return false;
  // The removal has set `late` to its own time.
  return sequence <= watermark || late + timing.remembered <= now;
}

/** Drops a horizon that has passed, and a sequence covered by the watermark. */
export function tidied<R extends Entry>(entry: R, watermark: number, now: number): R {
  const current = entry.current > now ? entry.current : 0;
  const late = entry.late > now || isTombstone(entry, watermark) ? entry.late : 0;
  const sequence = entry.sequence > watermark ? entry.sequence : noSequence;
  if (current === entry.current && late === entry.late && sequence === entry.sequence) return entry;
  return { ...entry, current, late, sequence };
}

/** True if `late` is the time of the removal: it is remembered from then on. */
function isTombstone(entry: Entry, watermark: number): boolean {
  return 'wanted' in entry && entry.wanted === false && entry.step === 'done' && entry.sequence > watermark;
}

/**
 * An addition that waits until the same id is removed under another type: to Graph both are one member, and the
 * removal would take away what was just added.
 */
export function awaitsRemoval(page: Page, key: string, { wanted, step }: MemberEntry): boolean {
  if (!wanted || step === 'done' || step === 'refused') return false;
  return keysOfSameId(key).some((other) => {
    const held = page.get(other);
    return held !== undefined && !held.wanted && (held.step === 'todo' || held.step === 'again');
  });
}

/** Removed for good: `late` is then the time of the removal, not a horizon. */
export function isRemoved({ wanted, step }: MemberEntry): boolean {
  return !wanted && step === 'done';
}

export function summarise(page: Page, bytes: number): PageSummary {
  let [wanted, applied, applying, failed, open, named, sequence] = [0, 0, 0, 0, 0, 0, noSequence];
  let [removalsDue, additionsDue] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const [key, entry] of page) {
    if (entry.wanted) wanted += 1;
    if (entry.nameHash !== undefined) named += 1;
    if (entry.step === 'refused') failed += 1;
    else if (entry.step !== 'done') applying += 1;
    else if (entry.wanted) applied += 1;
    open = Math.max(open, entry.current, isRemoved(entry) ? 0 : entry.late);
    sequence = Math.max(sequence, entry.sequence);
    const due = awaitsRemoval(page, key, entry) ? Number.POSITIVE_INFINITY : dueTime(entry);
    if (entry.wanted) additionsDue = Math.min(additionsDue, due);
    else removalsDue = Math.min(removalsDue, due);
  }
  const counts = { entries: page.size, wanted, applied, applying, failed };
  return { ...counts, open, removalsDue, additionsDue, sequence, bytes, named };
}

/** The numbers of all pages. */
export function allPages(head: Head): number[] {
  return head.pages.map((_page, index) => index);
}
