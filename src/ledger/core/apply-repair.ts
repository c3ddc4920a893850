import { forEachInSteps, type Steps } from '../../shared/steps.ts';
import type { Draft } from './draft.ts';
import { noSequence } from './entry.ts';
import { isRemoved } from './page.ts';

/** What Graph refused about the group itself is written again. */
export const tryAgain = { step: 'todo', refusal: null } as const;

/** Whatever was refused is written again; true: something was. */
export function* retryRefused(work: Draft): Steps<boolean> {
  let changed = work.head.step === 'refused';
  if (changed) work.update(tryAgain);
  yield* forEachInSteps(work.members(), ([key, member]) => {
    if (member.step !== 'refused') return;
    work.set(key, { ...member, step: 'todo', said404: false, code: null });
    changed = true;
  });
  return changed;
}

/** The watermark covers every member: only a sequence above it must be taken back, and the pages that hold one were read. */
export function* resequence(work: Draft, sequence: number): Steps<boolean> {
  const { head } = work;
  let changed = [head.sequence, head.watermark, head.highest].some((held) => held !== sequence);
  work.update({ sequence, watermark: sequence, highest: sequence });
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
export function* reassert(work: Draft): Steps<boolean> {
  const { head } = work;
  if (head.want.kind === 'gone' && !head.ending) return false;
  work.update({ lease: null });
  if (head.want.kind !== 'unspecified') work.update({ step: 'todo', said404: false, refusal: null });
  if (head.want.kind === 'gone') return true;
  yield* forEachInSteps(work.members(), ([key, member]) => {
    // Whoever was removed for good is not expected to be there, and the time of the removal is no horizon.
    const removal = isRemoved(member) ? { isUnknown: true, late: 0 } : { isUnknown: false };
    work.set(key, { ...member, step: 'todo', said404: false, code: null, ...removal });
  });
  return true;
}
