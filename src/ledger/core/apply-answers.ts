import { afterRound, type RetryPolicy } from './after-round.ts';
import type { Answer, Answered, Chunk } from './answered.ts';
import { draft } from './draft.ts';
import { applyGroupAnswer } from './group-answer.ts';
import { emptyTotals, type Head, type Totals } from './head.ts';
import { applyMemberAnswer } from './member-answer.ts';
import { allPages, pageOf } from './page.ts';
import { isResting, isSettled } from './progress.ts';
import type { LedgerState, SealedState } from './state.ts';

interface ChunkContext extends RetryPolicy {
  /** The group was read in this chunk, and it exists. */
  readonly isGroupSeen: boolean;
}

/** The state after a chunk, and what to report of it. */
export interface AppliedAnswers {
  readonly state: SealedState;
  /** Members that Graph has confirmed in this chunk. */
  readonly confirmed: number;
  /** Set if the group has come to rest with this chunk. */
  readonly rest: { readonly totals: Totals; readonly age: number; readonly isSettled: boolean } | null;
}

/** The pages that the answers are about; all pages if every member may have to be added again. */
export function pagesOfAnswers(head: Head, answered: readonly Answered[]): readonly number[] {
  const isLost = answered.some(
    ({ call, answer }) => call.write.kind === 'update-group' && answer.kind === 'absent' && head.said404,
  );
  if (isLost) return allPages(head);
  // Members that had to wait for the group are next.
  const isThere: readonly Answer['kind'][] = ['ok', 'exists'];
  if (
    answered.some(({ call, answer }) => call.write.kind === 'create-group' && isThere.includes(answer.kind))
  )
    return allPages(head).filter((page) => (head.pages[page]?.applying ?? 0) > 0);
  const keys = answered.flatMap(({ call: { about } }) => (about.kind === 'member' ? [about.key] : []));
  return [...new Set(keys.map((key) => pageOf(key, head.bits)))];
}

/** Applies the answers of a chunk. The caller must still hold the lease. */
export function applyAnswers(
  state: LedgerState,
  answered: readonly Answered[],
  context: ChunkContext,
): AppliedAnswers {
  const { now } = context;
  const work = draft(state);
  const chunk: Chunk = {
    now,
    wasGroupAnswered: state.head.step === 'done' || state.head.step === 'refused',
    isGroupThere: isGroupThere(answered, context),
  };
  let confirmed = 0;
  for (const one of answered)
    if (one.call.about.kind === 'group') applyGroupAnswer(work, one, chunk);
    else if (applyMemberAnswer(work, one.call.about.key, one, chunk)) confirmed += 1;
  const next = afterRound(work.head, answered, context);
  work.update(next);
  const sealed = work.seal(now);
  if (!isResting(sealed.head)) return { state: sealed, confirmed, rest: null };
  const { totals, unsettledSince } = sealed.head;
  const settled = isSettled(sealed.head);
  const head: Head = {
    ...sealed.head,
    totals: emptyTotals,
    unsettledSince: 0,
    ...(settled ? { appliedAt: now, error: null } : {}),
  };
  const age = unsettledSince === 0 ? 0 : Math.max(0, now - unsettledSince);
  return { state: { ...sealed, head }, confirmed, rest: { totals, age, isSettled: settled } };
}

function isGroupThere(answered: readonly Answered[], { isGroupSeen }: ChunkContext): boolean {
  return isGroupSeen || answered.some(({ answer: { kind } }) => kind === 'ok');
}
