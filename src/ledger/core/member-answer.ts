import type { GraphStatus, Refusal } from '../../groups/graph-answer.ts';
import { type Answered, after404, type Chunk, isFinal, withoutOwnMark } from './answered.ts';
import type { Draft } from './draft.ts';
import type { MemberEntry } from './entry.ts';
import type { Call } from './plan.ts';
import { timing } from './timing.ts';

/** Applies the answer to a call about a member; true if it confirms the member. */
export function applyMemberAnswer(work: Draft, key: string, one: Answered, chunk: Chunk): boolean {
  const { call, answer } = one;
  const { now } = chunk;
  const held = work.find(key);
  const wanted = call.write.kind === 'add-member';
  if (held === undefined || work.head.ending || held.wanted !== wanted) return false;
  const member = withoutOwnMark(held, one);
  if (!wanted && possibleRemovals.includes(answer.kind)) addAgain(work, key, member.current);
  if (answer.kind === 'ok') return finish(work, key, member, call, now);
  switch (answer.kind) {
    case 'silent':
      work.set(key, { ...member, step: 'todo' });
      break;
    case 'refused':
      refuse(work, key, member, answer);
      break;
    case 'exists': {
      // The second 409 means that the member exists; the first may be any other conflict.
      if (member.code !== null) return finish(work, key, member, call, now);
      const isUnknown = member.isUnknown || member.late <= now;
      const late = Math.max(member.late, now + timing.conflict);
      work.set(key, { ...member, step: 'again', said404: false, isUnknown, code: codeOf(answer), late });
      break;
    }
    case 'absent': {
      const final = isFinal(member, call);
      if (!wanted) {
        const isCertain = final && (member.said404 || (member.isUnknown && chunk.isGroupThere));
        if (isCertain) return finish(work, key, member, call, now);
        work.set(key, after404(member, final, now));
        // A removal does not show whether the group exists: if it does not, the record must say so.
        if (member.isUnknown && work.head.want.kind === 'unspecified' && work.head.step === 'done')
          work.update({ step: 'todo' });
        break;
      }
      const { want, step } = work.head;
      if (member.said404 && final && chunk.wasGroupAnswered) {
        refuse(work, key, member, answer);
        break;
      }
      const isOnlyWait = member.isUnknown || member.late <= now;
      work.set(key, { ...after404(member, final, now), isUnknown: isOnlyWait, code: null });
      // Check whether the group exists at all.
      if (want.kind !== 'gone' && step === 'done') work.update({ step: 'todo' });
      break;
    }
    default:
      if (member !== held) work.set(key, member);
  }
  return false;
}

const possibleRemovals: readonly Answered['answer']['kind'][] = ['ok', 'absent', 'silent'];

/** A removal also removes the same id under another type: a wanted one is added again, after it. */
function addAgain(work: Draft, key: string, open: number): void {
  for (const [other, entry] of work.findSameId(key))
    if (entry.wanted && entry.step !== 'refused')
      work.set(other, {
        ...entry,
        step: 'todo',
        said404: false,
        isUnknown: false,
        late: Math.max(entry.late, open),
      });
}

function finish(work: Draft, key: string, member: MemberEntry, call: Call, now: number): boolean {
  const final = isFinal(member, call);
  // The `late` of a tombstone is the time of the removal.
  const late = final && !member.wanted ? now : member.late;
  work.set(key, {
    ...member,
    step: final ? 'done' : 'again',
    said404: false,
    code: null,
    isUnknown: false,
    late,
  });
  const { totals } = work.head;
  const count = member.wanted ? { added: totals.added + 1 } : { removed: totals.removed + 1 };
  if (final) work.update({ totals: { ...totals, ...count } });
  return final;
}

function refuse(work: Draft, key: string, member: MemberEntry, answer: Refusal): void {
  work.set(key, { ...member, step: 'refused', said404: false, code: codeOf(answer) });
  // The first one speaks for all: the next one is kept only when none is refused any more.
  if (work.head.refusedBy === null) work.update({ refusedBy: answer.graph });
}

function codeOf({ graph }: { readonly graph: GraphStatus }): string {
  return graph.code ?? String(graph.status);
}
