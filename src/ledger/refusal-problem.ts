import type { Problem } from '../problems/problem.ts';
import type { Change } from './core/change.ts';
import type { Head } from './core/head.ts';
import type { RecordRefusal } from './core/record.ts';

/** Why a change was not recorded, worded for its sender. */
export function refusalProblem(
  { code, counts, pointers = [] }: RecordRefusal,
  head: Head,
  change: Change,
): Problem {
  switch (code) {
    case 'group-conflict':
      return {
        code,
        detail: `The group is recorded as "${head.groupId}".`,
        members: { existing: { id: head.groupId }, requested: { id: change.groupId } },
      };
    case 'sequence-required':
      return {
        code,
        detail: 'An earlier change of this group had a sequence, so this one needs one too.',
        members: {},
      };
    case 'too-many-removals':
      return {
        code,
        detail: `It would remove ${counts.removals} of ${counts.members} members. Nothing was recorded.`,
        members: counts,
      };
    case 'too-many-members':
      return {
        code,
        detail: `A group has at most ${counts.allowed?.toLocaleString('en')} members, and the size of its record is limited. Nothing was recorded.`,
        members: counts,
      };
    case 'group-not-managed':
      return { code, detail: 'The group was never declared here.', members: {} };
    case 'validation-failed':
      return addedAndRemoved(pointers);
  }
}

/** Removals, by their pointers, of people whom the same change adds: by an id, or by another name. */
export function addedAndRemoved(pointers: readonly string[]): Problem {
  const detail = 'must not be both added and removed';
  return {
    code: 'validation-failed',
    detail: 'The change both adds and removes the same person. Nothing was recorded.',
    members: { errors: pointers.map((pointer) => ({ in: 'body', pointer, keyword: 'not', detail })) },
  };
}
