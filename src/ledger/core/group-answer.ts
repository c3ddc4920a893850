import { problemOfAnswer } from '../../problems/answer-problem.ts';
import { finish as finishSteps, forEachInSteps, type Steps } from '../../shared/steps.ts';
import { type Answered, after404, type Chunk, isFinal, withoutOwnMark } from './answered.ts';
import type { Draft } from './draft.ts';
import { type Head, sameWant } from './head.ts';

/** Applies the answer to a call about the group itself. */
export function applyGroupAnswer(work: Draft, one: Answered, { now }: Pick<Chunk, 'now'>): void {
  const { call, answer } = one;
  const isDeletion = call.write.kind === 'delete-group';
  const isSame = isDeletion ? work.head.ending : !work.head.ending && sameWant(work.head.want, call.want);
  if (!isSame) return;
  const head = withoutOwnMark(work.head, one);
  work.update(head);
  switch (answer.kind) {
    case 'silent':
      work.update({ step: 'todo' });
      return;
    case 'throttled':
    case 'not-begun':
    case 'not-called':
    case 'denied':
      return;
    case 'refused':
      work.update({ step: 'refused', said404: false, refusal: problemOfAnswer(answer, call.write) });
      return;
  }
  const final = isFinal(head, call);
  const finish = (): Partial<Head> => ({ step: final ? 'done' : 'again', said404: false, refusal: null });
  const isCertain = answer.kind === 'absent' && head.said404 && final;
  switch (call.write.kind) {
    case 'delete-group':
      if (answer.kind === 'ok' || isCertain) {
        work.update(final ? afterDeletion(head) : { step: 'again', said404: false });
      } else work.update(after404(head, final, now));
      if (work.head.ending) work.update({ late: Math.max(work.head.late, work.head.current), current: 0 });
      return;
    case 'create-group':
      if (answer.kind === 'absent')
        work.update({ failed: true, error: problemOfAnswer(answer, call.write), step: 'todo' });
      else if (answer.kind === 'ok') {
        work.update({ ...finish(), seen: true, totals: { ...head.totals, change: 'created' } });
        endWaits(work);
      } else {
        // It exists, perhaps by an earlier attempt of ours; update its properties next.
        work.update({ seen: true, step: 'todo', said404: false });
        endWaits(work);
      }
      return;
    case 'update-group':
      if (answer.kind === 'ok')
        work.update({ ...finish(), totals: { ...head.totals, change: head.totals.change ?? 'updated' } });
      else if (isCertain) {
        // The group has vanished: it is created again, and all its members are added again.
        work.update({ seen: false, step: 'todo', said404: false });
        addAnew(work);
      } else work.update(after404(head, final, now));
      return;
    default:
      if (answer.kind === 'ok') work.update({ step: 'done', said404: false });
      else if (isCertain)
        work.update({
          failed: true,
          error: problemOfAnswer(answer, call.write),
          step: 'todo',
          said404: false,
        });
      else work.update(after404(head, final, now));
  }
}

/** The deletion is complete. What was declared since begins at once: no write for the old group can take effect any more. */
function afterDeletion({ want, totals }: Head): Partial<Head> {
  const isOver = want.kind === 'gone';
  return {
    ending: false,
    seen: false,
    said404: false,
    refusal: null,
    step: isOver ? 'done' : 'todo',
    current: 0,
    late: 0,
    totals: isOver ? { ...totals, change: 'deleted' } : totals,
  };
}

/** Adds every wanted member again, including those that were confirmed. */
export function addAnew(work: Draft): void {
  finishSteps(addAnewInSteps(work));
}

/** The same for a group that may be large. */
export function* addAnewInSteps(work: Draft): Steps<void> {
  yield* forEachInSteps(work.members(), ([key, member]) => {
    if (member.wanted && member.step !== 'refused')
      work.set(key, { ...member, step: 'todo', said404: false });
  });
}

/** Graph has created the group, or says that it is there: an earlier 404 no longer means anything. */
function endWaits(work: Draft): void {
  for (const [key, member] of work.members())
    if (member.wanted && member.isUnknown && member.said404)
      work.set(key, { ...member, step: 'todo', said404: false, isUnknown: false, late: 0 });
}
