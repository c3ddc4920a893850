import type { Entry, MemberEntry } from '../../../src/ledger/core/entry.ts';
import type { Head } from '../../../src/ledger/core/head.ts';
import { summarise } from '../../../src/ledger/core/page.ts';
import { encodePage } from '../../../src/ledger/core/page-codec.ts';
import type { SealedState } from '../../../src/ledger/core/state.ts';
import type { LedgerPorts } from '../../../src/ledger/ports.ts';

/** What is written in place of what the app meant to write. */
export interface Rewrite {
  readonly head?: (head: Head, before: Head | null) => Head;
  readonly member?: (member: MemberEntry, key: string, after: Head, before: Head | null) => MemberEntry;
}

type Rewriting = (ports: LedgerPorts) => LedgerPorts;

export const rewriting =
  ({ head = (same) => same, member = (same) => same }: Rewrite): Rewriting =>
  (ports) => ({
    ...ports,
    store: {
      ...ports.store,
      write: (before, after, within) => {
        const was = before?.head ?? null;
        const changed = withMembers(after, (entry, key) => member(entry, key, after.head, was));
        return ports.store.write(before, { ...changed, head: head(changed.head, was) }, within);
      },
    },
  });

/** The same for the group and each member. */
export function rewritingAll(change: <R extends Entry>(entry: R) => R): Rewriting {
  return rewriting({ head: (head) => change(head), member: (member) => change(member) });
}

function withMembers(
  state: SealedState,
  change: (member: MemberEntry, key: string) => MemberEntry,
): SealedState {
  const pages = new Map(
    [...state.pages].map(([index, page]) => {
      const entries = [...page].map(([key, entry]) => [key, change(entry, key)] as const);
      return [index, new Map(entries)] as const;
    }),
  );
  const summaries = [...state.head.pages];
  const encoded = [...state.encoded].map(([index, bytes]) => {
    const page = pages.get(index);
    if (bytes === null || page === undefined) return [index, bytes] as const;
    const written = encodePage(page);
    summaries[index] = summarise(page, written.length);
    return [index, written] as const;
  });
  return { head: { ...state.head, pages: summaries }, pages, encoded: new Map(encoded) };
}
