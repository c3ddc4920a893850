import type { SealedState } from '../../../src/ledger/core/draft.ts';
import type { Head } from '../../../src/ledger/core/head.ts';
import { summarise } from '../../../src/ledger/core/page.ts';
import { encodePage } from '../../../src/ledger/core/page-codec.ts';
import type { MemberRegister, Register } from '../../../src/ledger/core/register.ts';
import type { DeclarationPorts } from '../../../src/ledger/ports.ts';

/** What is written in place of what the app meant to write. */
export interface Rewrite {
  readonly head?: (head: Head, before: Head | null) => Head;
  readonly member?: (member: MemberRegister, key: string, after: Head, before: Head | null) => MemberRegister;
}

type Rewriting = (ports: DeclarationPorts) => DeclarationPorts;

export const rewriting =
  ({ head = (same) => same, member = (same) => same }: Rewrite): Rewriting =>
  (ports) => ({
    ...ports,
    store: {
      ...ports.store,
      write: (before, after, within) => {
        const was = before?.head ?? null;
        const changed = withMembers(after, (register, key) => member(register, key, after.head, was));
        return ports.store.write(before, { ...changed, head: head(changed.head, was) }, within);
      },
    },
  });

/** The same for the group and each member. */
export function rewritingAll(change: <R extends Register>(register: R) => R): Rewriting {
  return rewriting({ head: (head) => change(head), member: (member) => change(member) });
}

function withMembers(
  state: SealedState,
  change: (member: MemberRegister, key: string) => MemberRegister,
): SealedState {
  const pages = new Map(
    [...state.pages].map(([index, page]) => {
      const registers = [...page].map(([key, register]) => [key, change(register, key)] as const);
      return [index, new Map(registers)] as const;
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
