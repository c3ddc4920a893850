import type { GraphWrite } from '../../groups/graph-write.ts';
import { propertiesOf } from '../../groups/group-properties.ts';
import { draft } from './draft.ts';
import { dueTime, type Entry, type MemberEntry } from './entry.ts';
import type { GroupWant, Head } from './head.ts';
import { allPages, awaitsRemoval, type Page } from './page.ts';
import { additionsWait, awaitsGroup, dueAt } from './progress.ts';
import type { LedgerState, SealedState } from './state.ts';
import { limits, timing } from './timing.ts';

/** One call of Graph, marked in the ledger before it starts. */
export interface Call {
  /** The group itself, or a member by its key. */
  readonly about: { readonly kind: 'group' } | { readonly kind: 'member'; readonly key: string };
  readonly write: GraphWrite | { readonly kind: 'read-group'; readonly groupId: string };
  /** The desired state of the group at the time of the call. */
  readonly want: GroupWant;
  /** When it was marked, no earlier write could take effect any more. */
  readonly isFinal: boolean;
  /** The removal of a member that the ledger never had. */
  readonly expects404: boolean;
  /** The horizon that the mark replaced, and the mark's own. */
  readonly previous: number;
  readonly horizon: number;
  readonly markedAt: number;
}

export interface Plan {
  readonly state: SealedState;
  /** Removals first. */
  readonly calls: readonly Call[];
}

/** The pages of the next chunk: those with removals first. Empty if the group itself is due, or nothing is. */
export function pagesDue(head: Head, now: number): readonly number[] {
  if (dueAt(head) > now || dueTime(head) <= now || awaitsGroup(head)) return [];
  const due = (at: 'removalsDue' | 'additionsDue') =>
    allPages(head).filter((index) => (head.pages[index]?.[at] ?? Number.POSITIVE_INFINITY) <= now);
  const additions = additionsWait(head) ? [] : due('additionsDue');
  return [...new Set([...due('removalsDue'), ...additions])].slice(0, limits.chunkPages);
}

/**
 * Marks what is due now, at most one chunk, and takes the lease: the state to be written before any of the calls starts.
 * The pages of `pagesDue` must have been read.
 */
export function plan(state: LedgerState, owner: string, now: number): Plan {
  const work = draft(state);
  const { head } = work;
  const calls: Call[] = [];
  const horizon = now + timing.landing;
  const mark = (entry: Entry) => ({ previous: entry.current, horizon, markedAt: now });
  if (dueAt(head) <= now && dueTime(head) <= now) {
    const write = groupWrite(head);
    // A deletion is final only if not even an earlier attempt at it can still take effect.
    const isFinal = head.late <= now && (write.kind !== 'delete-group' || head.current <= now);
    const about = { kind: 'group' } as const;
    calls.push({ about, write, want: head.want, isFinal, expects404: false, ...mark(head) });
    if (write.kind !== 'read-group') work.update({ current: horizon });
  } else {
    for (const [key, entry] of dueMembers(state, now)) {
      const { type, id, wanted, late } = entry;
      const kind = wanted ? 'add-member' : 'remove-member';
      const write: GraphWrite = { kind, groupId: head.groupId, member: { type, id } };
      calls.push({
        about: { kind: 'member', key },
        write,
        want: head.want,
        isFinal: late <= now,
        expects404: entry.isUnknown,
        ...mark(entry),
      });
      work.set(key, { ...entry, current: horizon });
    }
  }
  work.update({ lease: { owner, until: now + timing.lease } });
  return { state: work.seal(now), calls };
}

function groupWrite({ groupId, want, ending, seen }: Head): Call['write'] {
  if (ending) return { kind: 'delete-group', groupId };
  if (want.kind !== 'present') return { kind: 'read-group', groupId };
  return { kind: seen ? 'update-group' : 'create-group', group: { id: groupId, ...propertiesOf(want) } };
}

function dueMembers({ head, pages }: LedgerState, now: number): (readonly [string, MemberEntry])[] {
  const removals: (readonly [string, MemberEntry])[] = [];
  const additions: (readonly [string, MemberEntry])[] = [];
  for (const index of pagesDue(head, now)) {
    const page: Page = pages.get(index) ?? new Map();
    for (const [key, entry] of page)
      if (dueTime(entry) <= now && !awaitsRemoval(page, key, entry))
        (entry.wanted ? additions : removals).push([key, entry]);
  }
  const first = removals.slice(0, limits.chunk);
  const chosen = new Set(pagesDue(head, now));
  const isLeft =
    removals.length > first.length ||
    head.pages.some(({ removalsDue }, index) => removalsDue <= now && !chosen.has(index));
  // No addition overtakes a removal, whichever page it is on.
  return isLeft || additionsWait(head)
    ? first
    : [...first, ...additions.slice(0, limits.chunk - first.length)];
}
