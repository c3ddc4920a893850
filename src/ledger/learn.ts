import type { GroupRead, WriteAnswer } from '../groups/graph-write.ts';
import { problemOfAnswer } from '../problems/answer-problem.ts';
import { type Draft, draft, type LedgerState, type SealedState } from './draft.ts';
import { emptyTally, type Head, sameWant, type Tally } from './head.ts';
import { namesNoWait, servedPerThrottle } from './lone-throttle.ts';
import { allPages, pageOf } from './page.ts';
import type { Call } from './plan.ts';
import { isResting, isSettled } from './progress.ts';
import type { MemberRegister, Register } from './register.ts';
import { timing } from './timing.ts';

/** What a call came to; `not-called`: its window was over, or an earlier answer ended the chunk. */
export type Answer = WriteAnswer | GroupRead | { readonly kind: 'not-called' };

export interface Answered {
  readonly call: Call;
  readonly answer: Answer;
}

export interface Learning {
  /** Storage time, milliseconds. */
  readonly now: number;
  /** Milliseconds without progress after which the group is given up. */
  readonly giveUpAfter: number;
  /** Milliseconds until the next round after a round that Graph did not take; `attempts`: rounds without progress. */
  readonly waitAfter: (answer: Answer, attempts: number) => number;
  /** The group was read in this chunk, and it is there. */
  readonly isGroupSeen: boolean;
}

/** What a chunk came to, besides the state. */
export interface Learned {
  readonly state: SealedState;
  /** Members that Graph has confirmed in this chunk. */
  readonly applied: number;
  /** Set where the group has come to rest by it. */
  readonly rest: { readonly tally: Tally; readonly age: number; readonly isSettled: boolean } | null;
}

/** The pages that the answers are about; all, where the group may have to be filled anew. */
export function pagesOfAnswers(head: Head, answered: readonly Answered[]): readonly number[] {
  const isLost = answered.some(
    ({ call, answer }) => call.write.kind === 'update-group' && answer.kind === 'absent' && head.said404,
  );
  if (isLost) return allPages(head);
  // Members that had to wait for the group are next.
  if (answered.some(({ call, answer }) => call.write.kind === 'create-group' && answer.kind === 'ok'))
    return allPages(head).filter((page) => (head.pages[page]?.applying ?? 0) > 0);
  const keys = answered.flatMap(({ call: { about } }) => (about.kind === 'member' ? [about.key] : []));
  return [...new Set(keys.map((key) => pageOf(key, head.bits)))];
}

/** Writes down what the answers of a chunk teach. The lease must still be its caller's. */
export function learn(state: LedgerState, answered: readonly Answered[], learning: Learning): Learned {
  const { now } = learning;
  const work = draft(state);
  const wasGroupDone = state.head.step === 'done';
  const chunk: Chunk = { learning, wasGroupDone, isGroupThere: isGroupThere(answered, learning) };
  let applied = 0;
  for (const one of answered)
    if (one.call.about.kind === 'group') learnOfGroup(work, one, chunk);
    else if (learnOfMember(work, one.call.about.key, one, chunk)) applied += 1;
  const next = afterRound(work.head, answered, learning);
  work.update(next);
  const sealed = work.seal(now);
  if (!isResting(sealed.head)) return { state: sealed, applied, rest: null };
  const { tally, unsettledSince } = sealed.head;
  const settled = isSettled(sealed.head);
  const head: Head = {
    ...sealed.head,
    tally: emptyTally,
    unsettledSince: 0,
    ...(settled ? { appliedAt: now, error: null } : {}),
  };
  const age = unsettledSince === 0 ? 0 : Math.max(0, now - unsettledSince);
  return { state: { ...sealed, head }, applied, rest: { tally, age, isSettled: settled } };
}

interface Chunk {
  readonly learning: Learning;
  /** Something in this chunk has shown that the group exists. */
  readonly isGroupThere: boolean;
  /** The group had been confirmed before. */
  readonly wasGroupDone: boolean;
}

function isGroupThere(answered: readonly Answered[], { isGroupSeen }: Learning): boolean {
  return isGroupSeen || answered.some(({ answer: { kind } }) => kind === 'ok' || kind === 'present');
}

/** A definite answer takes back its own mark; `silent` leaves it. */
function takenBack<R extends Register>(register: R, { call, answer }: Answered): R {
  if (answer.kind === 'silent' || register.current !== call.horizon) return register;
  return { ...register, current: call.previous };
}

/** Final: nothing begun earlier could land when it was marked, and no other want came in between. */
function isFinal(register: Register, { isFinal: wasFinal, markedAt }: Call): boolean {
  return wasFinal && register.late <= markedAt;
}

/** A 404 is believed when said twice, some time apart, both times when nothing earlier can land any more. */
function heard404<R extends Register>(register: R, final: boolean, now: number): R {
  return {
    ...register,
    said404: register.said404 || final,
    late: Math.max(register.late, now + timing.unsure),
    step: 'again',
  };
}

function learnOfGroup(work: Draft, one: Answered, { learning: { now } }: Chunk): void {
  const { call, answer } = one;
  const isDeletion = call.write.kind === 'delete-group';
  const isSame = isDeletion ? work.head.ending : !work.head.ending && sameWant(work.head.want, call.want);
  if (!isSame) return;
  const head = takenBack(work.head, one);
  work.update(head);
  switch (answer.kind) {
    case 'silent':
      work.update({ step: 'todo' });
      return;
    case 'not-begun':
    case 'not-called':
    case 'denied':
      return;
    case 'refused':
      work.update({ step: 'refused', refusal: problemOfAnswer(answer, call.write) });
      return;
  }
  const final = isFinal(head, call);
  const finish = (): Partial<Head> => ({ step: final ? 'done' : 'again', said404: false, refusal: null });
  const believed = answer.kind === 'absent' && head.said404 && final;
  switch (call.write.kind) {
    case 'delete-group':
      if (answer.kind === 'ok' || believed) {
        work.update(final ? nextLife(head) : { step: 'again', said404: false });
      } else work.update(heard404(head, final, now));
      if (work.head.ending) work.update({ late: Math.max(work.head.late, work.head.current), current: 0 });
      return;
    case 'create-group':
      if (answer.kind === 'absent')
        work.update({ failed: true, error: problemOfAnswer(answer, call.write), step: 'todo' });
      else if (answer.kind === 'ok') {
        work.update({ ...finish(), seen: true, tally: { ...head.tally, change: 'created' } });
        endWaits(work);
      }
      // It exists; its properties are next.
      else work.update({ seen: true, step: 'todo' });
      return;
    case 'update-group':
      if (answer.kind === 'ok')
        work.update({ ...finish(), tally: { ...head.tally, change: head.tally.change ?? 'updated' } });
      else if (believed) {
        // The group has vanished: it is created again, and all its members are added anew.
        work.update({ seen: false, step: 'todo', said404: false });
        addAnew(work);
      } else work.update(heard404(head, final, now));
      return;
    default:
      if (answer.kind === 'present') work.update({ step: 'done', said404: false });
      else if (believed)
        work.update({
          failed: true,
          error: problemOfAnswer(answer, call.write),
          step: 'todo',
          said404: false,
        });
      else work.update(heard404(head, final, now));
  }
}

/** The life is over. What follows begins at once: nothing of the old one can land any more. */
function nextLife({ want, tally }: Head): Partial<Head> {
  const isOver = want.kind === 'gone';
  return {
    ending: false,
    seen: false,
    said404: false,
    refusal: null,
    step: isOver ? 'done' : 'todo',
    current: 0,
    late: 0,
    tally: isOver ? { ...tally, change: 'deleted' } : tally,
  };
}

/** Whoever shall be in the group is added again, whatever was confirmed. */
export function addAnew(work: Draft): void {
  for (const [key, member] of work.members())
    if (member.wanted && member.step !== 'refused')
      work.set(key, { ...member, step: 'todo', said404: false });
}

/** The group is new: a 404 that was said before says nothing any more. */
function endWaits(work: Draft): void {
  for (const [key, member] of work.members())
    if (member.wanted && member.strange && member.said404)
      work.set(key, { ...member, step: 'todo', said404: false, strange: false, late: 0 });
}

/** True where the member is confirmed by this answer. */
function learnOfMember(work: Draft, key: string, one: Answered, chunk: Chunk): boolean {
  const { call, answer } = one;
  const { now } = chunk.learning;
  const held = work.find(key);
  const wanted = call.write.kind === 'add-member';
  if (held === undefined || work.head.ending || held.wanted !== wanted) return false;
  const member = takenBack(held, one);
  if (answer.kind === 'ok') return finish(work, key, member, call, now);
  switch (answer.kind) {
    case 'silent':
      work.set(key, { ...member, step: 'todo' });
      break;
    case 'refused':
      work.set(key, { ...member, step: 'refused', said404: false, code: codeOf(answer) });
      break;
    case 'absent': {
      const final = isFinal(member, call);
      if (!wanted) {
        const believed = final && (member.said404 || (member.strange && chunk.isGroupThere));
        if (believed) return finish(work, key, member, call, now);
        work.set(key, heard404(member, final, now));
        break;
      }
      const { want, step } = work.head;
      if (member.said404 && final && chunk.wasGroupDone) {
        work.set(key, { ...member, step: 'refused', said404: false, code: codeOf(answer) });
        break;
      }
      const isOnlyWait = member.strange || member.late <= now;
      work.set(key, { ...heard404(member, final, now), strange: isOnlyWait });
      // Is the group there at all?
      if (want.kind !== 'gone' && step === 'done') work.update({ step: 'todo' });
      break;
    }
    default:
      if (member !== held) work.set(key, member);
  }
  return false;
}

function finish(work: Draft, key: string, member: MemberRegister, call: Call, now: number): boolean {
  const final = isFinal(member, call);
  // Of a tombstone, `late` is the time of the removal.
  const late = final && !member.wanted ? now : member.late;
  work.set(key, {
    ...member,
    step: final ? 'done' : 'again',
    said404: false,
    code: null,
    strange: false,
    late,
  });
  const { tally } = work.head;
  const count = member.wanted ? { added: tally.added + 1 } : { removed: tally.removed + 1 };
  if (final) work.update({ tally: { ...tally, ...count } });
  return final;
}

function codeOf(answer: WriteAnswer | GroupRead): string | null {
  return 'graph' in answer
    ? (answer.graph?.code ?? (answer.graph === null ? null : String(answer.graph.status)))
    : null;
}

const progressKinds: readonly Answer['kind'][] = ['ok', 'exists', 'present', 'refused', 'absent'];
const failingKinds: readonly Answer['kind'][] = ['silent', 'not-begun', 'denied'];

/** When the next round may begin, and whether there is to be one. */
function afterRound(head: Head, answered: readonly Answered[], learning: Learning): Partial<Head> {
  const { now, giveUpAfter, waitAfter } = learning;
  const served = answered.filter(({ answer }) => progressKinds.includes(answer.kind)).length;
  const isProgress = served > 0;
  const notTaken = answered.filter(({ answer }) => failingKinds.includes(answer.kind));
  const isIncidental =
    notTaken.every(({ answer }) => namesNoWait(answer)) && served >= servedPerThrottle * notTaken.length;
  const failing = isIncidental ? [] : notTaken;
  const longest =
    failing.find(({ answer }) => 'retryAfter' in answer && answer.retryAfter !== null) ?? failing[0];
  if (longest === undefined) {
    const cleared = isProgress ? { attempts: 0, failingSince: 0 } : {};
    return { ...cleared, notBefore: 0, ...(head.failed ? {} : { error: null }) };
  }
  const attempts = isProgress ? 1 : head.attempts + 1;
  const failingSince = isProgress ? now : head.failingSince || now;
  const error = problemOfAnswer(longest.answer, longest.call.write);
  if (now - failingSince >= giveUpAfter) {
    const code = longest.answer.kind === 'denied' ? error.code : 'gave-up';
    return { attempts, failingSince, failed: true, error: { ...error, code }, notBefore: 0 };
  }
  return { attempts, failingSince, error, notBefore: now + waitAfter(longest.answer, attempts) };
}
