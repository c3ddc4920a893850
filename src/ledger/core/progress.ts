import { dueTime } from './entry.ts';
import { type Head, sumOf } from './head.ts';

/** Nothing is left to do about the group itself. */
export function isGroupDone({ ending, step }: Head): boolean {
  return !ending && step === 'done';
}

/** Members wait: the group does not exist, or must first be created, changed or read. */
export function awaitsGroup({ want, ending, step, seen }: Head): boolean {
  if (want.kind === 'gone' || ending || step === 'todo') return true;
  return step !== 'done' && (want.kind === 'unspecified' || !seen);
}

/** Graph has reported once that the group does not exist: only removals are tried until that is certain. */
export function additionsWait({ step, said404 }: Head): boolean {
  return said404 && (step === 'todo' || step === 'again');
}

/** Every entry is done: the group in Graph is as declared, and no earlier write can undo that. */
export function isSettled(head: Head): boolean {
  if (!isGroupDone(head)) return false;
  return head.want.kind === 'gone' || (sumOf(head, 'applying') === 0 && sumOf(head, 'failed') === 0);
}

/** There is nothing to do without a change or a retry: settled, or failed. */
export function isResting(head: Head): boolean {
  if (head.failed) return true;
  if (head.step === 'todo' || head.step === 'again') return false;
  if (head.ending && head.step === 'done') return false;
  return awaitsGroup(head) || sumOf(head, 'applying') === 0;
}

/** Graph has refused the identity, and nobody is at work on the group: a role that is granted takes effect after a while. */
export function isDenied({ error, lease }: Head): boolean {
  return error?.code === 'graph-access-denied' && lease === null;
}

/** When the next round can start: a past time means now; infinite: never without a change. */
export function dueAt(head: Head): number {
  if (isResting(head)) return Number.POSITIVE_INFINITY;
  const group = dueTime(head);
  const members = awaitsGroup(head) ? Number.POSITIVE_INFINITY : membersDue(head);
  return Math.max(Math.min(group, members), head.notBefore);
}

function membersDue(head: Head): number {
  const removals = Math.min(...head.pages.map(({ removalsDue }) => removalsDue));
  if (additionsWait(head)) return removals;
  return Math.min(removals, ...head.pages.map(({ additionsDue }) => additionsDue));
}

/** Until when any write about the group or its members may still take effect. */
export function openUntil(head: Head): number {
  return Math.max(head.current, head.late, ...head.pages.map(({ open }) => open));
}
