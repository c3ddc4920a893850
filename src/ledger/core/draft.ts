import { keysOfSameId } from '../../groups/member.ts';
import { finish, forEachInSteps, type Steps } from '../../shared/steps.ts';
import type { MemberEntry } from './entry.ts';
import { type Head, sumOf } from './head.ts';
import { bitsFor, isForgettable, type Page, pageAt, placeOf, summarise, tidied } from './page.ts';
import { encodePage } from './page-codec.ts';
import { dueAt, isResting } from './progress.ts';
import type { LedgerState, SealedState } from './state.ts';
import { limits } from './timing.ts';

type Entries = readonly (readonly [string, MemberEntry])[] | Page;

/** A state being changed; the original is left unchanged. */
export interface Draft {
  head: Head;
  readonly update: (change: Partial<Head>) => void;
  readonly find: (key: string) => MemberEntry | undefined;
  /** What is held of the same id under other types. */
  readonly findSameId: (key: string) => readonly (readonly [string, MemberEntry])[];
  readonly set: (key: string, entry: MemberEntry) => void;
  readonly forget: (key: string) => void;
  /** All members of the pages that were read. */
  readonly members: () => Iterable<readonly [string, MemberEntry]>;
  /** Drops all pages, read or not, and starts again with these members. */
  readonly replaceMembers: (members: Entries) => Steps<void>;
  readonly seal: (now: number) => SealedState;
  readonly sealInSteps: (now: number) => Steps<SealedState>;
}

/** Starts changing a state. Throws when asked for a member of a page that was not read, which is a bug in the caller. */
export function draft(state: LedgerState): Draft {
  let pages = new Map(state.pages);
  let touched = new Map<number, Map<string, MemberEntry>>();
  let isReplaced = false;
  const placesByKey = new Map<string, number>();

  /** Each key is hashed once: that is most of the work for a long list. */
  function pageOf(key: string, bits: number): number {
    if (bits === 0) return 0;
    let place = placesByKey.get(key);
    if (place === undefined) {
      place = placeOf(key);
      placesByKey.set(key, place);
    }
    return pageAt(place, bits);
  }

  function read(index: number): Page {
    const page = pages.get(index);
    if (page !== undefined) return page;
    if ((self.head.pages[index]?.entries ?? 0) > 0)
      throw new Error(`page ${index} of the ledger was not read`);
    return new Map();
  }

  function write(index: number): Map<string, MemberEntry> {
    const held = touched.get(index);
    if (held !== undefined) return held;
    const copy = new Map(read(index));
    touched.set(index, copy);
    pages.set(index, copy);
    return copy;
  }

  /** Increases the number of pages if one has become too long: all are then rewritten. */
  function* grow(): Steps<void> {
    const longest = Math.max(0, ...[...touched.values()].map((page) => page.size));
    const isWhole = self.head.pages.every(({ entries }, index) => entries === 0 || pages.has(index));
    if (longest <= limits.page || !isWhole) return;
    const lists = [...pages.values()];
    const bits = bitsFor(yield* countByPage(lists), self.head.bits);
    if (bits !== self.head.bits) yield* replace(lists, bits);
  }

  function* countByPage(lists: readonly Entries[]): Steps<readonly number[]> {
    const counts = new Array<number>(2 ** limits.bits).fill(0);
    for (const list of lists)
      yield* forEachInSteps(list, ([key]) => {
        const page = pageOf(key, limits.bits);
        counts[page] = (counts[page] ?? 0) + 1;
      });
    return counts;
  }

  function* replace(lists: readonly Entries[], bits: number): Steps<void> {
    const next = new Map<number, Map<string, MemberEntry>>();
    for (let index = 0; index < 2 ** bits; index += 1) next.set(index, new Map());
    for (const list of lists)
      yield* forEachInSteps(list, ([key, entry]) => next.get(pageOf(key, bits))?.set(key, entry));
    isReplaced = true;
    touched = next;
    pages = new Map(next);
    self.update({ bits });
  }

  function* sealInSteps(now: number): Steps<SealedState> {
    yield* grow();
    const { watermark } = self.head;
    const encoded = new Map<number, Uint8Array | null>();
    const summaries = isReplaced ? [...touched.keys()].map(() => undefined) : [...self.head.pages];
    for (const [index, page] of touched) {
      for (const [key, entry] of page) {
        if (isForgettable(entry, watermark, now)) page.delete(key);
        else {
          const tidy = tidied(entry, watermark, now);
          if (tidy !== entry) page.set(key, tidy);
        }
      }
      const bytes = page.size === 0 ? null : encodePage(page);
      encoded.set(index, bytes);
      summaries[index] = summarise(page, bytes?.length ?? 0);
      yield;
    }
    self.update({
      current: self.head.current > now ? self.head.current : 0,
      late: self.head.late > now ? self.head.late : 0,
      pages: summaries.flatMap((summary) => (summary === undefined ? [] : [summary])),
    });
    if (sumOf(self.head, 'failed') === 0) self.update({ refusedBy: null });
    // Nothing would ever be done about it again.
    if (!isResting(self.head) && !Number.isFinite(dueAt(self.head)))
      throw new Error(`group ${self.head.groupId} is unfinished, and nothing of it is due`);
    return { head: self.head, pages, encoded };
  }

  const self: Draft = {
    head: state.head,
    update: (change) => {
      self.head = { ...self.head, ...change };
    },
    find: (key) => read(pageOf(key, self.head.bits)).get(key),
    findSameId: (key) => {
      const page = read(pageOf(key, self.head.bits));
      return keysOfSameId(key).flatMap((other) => {
        const entry = page.get(other);
        return entry === undefined ? [] : [[other, entry] as const];
      });
    },
    set: (key, entry) => void write(pageOf(key, self.head.bits)).set(key, entry),
    forget: (key) => void write(pageOf(key, self.head.bits)).delete(key),
    members: function* () {
      for (const page of [...pages.values()]) yield* page;
    },
    replaceMembers: function* replaceMembers(members) {
      yield* replace([members], bitsFor(yield* countByPage([members]), 0));
    },
    seal: (now) => finish(sealInSteps(now)),
    sealInSteps,
  };
  return self;
}
