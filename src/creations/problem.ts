import type { ExternalGroup } from '../groups/external-group.ts';
import { problemOf } from '../problems/outcome-problem.ts';
import type { Problem } from '../problems/problem.ts';
import type { DeadLetterError } from '../queue/dead-letter.ts';
import type { CreationOutcome } from './policy.ts';

/** The problem of a queued creation; null for a success. */
export function problemOfCreation(outcome: CreationOutcome, group: ExternalGroup): Problem | null {
  if (outcome.kind !== 'superseded') return problemOf(outcome, group);
  const detail = 'The group was deleted here after the creation was queued.';
  return { code: 'superseded', detail, members: {} };
}

/** The problem as a dead letter has it: the letter itself holds what was requested. */
export function toLetterError({ code, detail, members }: Problem): DeadLetterError {
  const { graph, existing } = members;
  return {
    code,
    detail,
    ...(graph === undefined ? {} : { graph }),
    ...(existing === undefined ? {} : { existing }),
  };
}
