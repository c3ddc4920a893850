import type { ExternalGroup } from '../groups/external-group.ts';
import { graphMember, problemOfAnswer } from '../problems/answer-problem.ts';
import type { Problem } from '../problems/problem.ts';
import type { CreationOutcome } from './policy.ts';

/** The problem of a creation; null for a success. */
export function problemOfCreation(outcome: CreationOutcome, requested: ExternalGroup): Problem | null {
  switch (outcome.kind) {
    case 'created':
    case 'unchanged':
      return null;
    case 'conflict':
      return {
        code: 'group-conflict',
        detail: `A group with the id "${requested.id}" exists with another displayName or description.`,
        members: { existing: outcome.existing, requested, ...graphMember(outcome.graph) },
      };
    case 'superseded':
      return {
        code: 'superseded',
        detail: 'The group was deleted here after the creation was queued.',
        members: {},
      };
    default:
      return problemOfAnswer(outcome, { kind: 'create-group' });
  }
}
