import type { ChangeResult } from '../../ledger/change-result.ts';
import { groupPath } from '../../ledger/core/to-record.ts';
import type { Plan } from '../../ledger/plan-change.ts';
import { AdapterError } from '../../problems/adapter-error.ts';
import { problemDetails } from '../../problems/catalogue.ts';
import type { HttpAnswer } from '../request.ts';
import { json } from '../respond.ts';

/** The response to a change; throws if it is a problem. */
export function answerDeclared(result: ChangeResult, preferenceApplied: boolean): HttpAnswer {
  const superseded = 'superseded' in result ? { superseded: true } : {};
  switch (result.kind) {
    case 'settled':
      return json(200, { ...result.record, ...superseded }, {});
    case 'recorded':
      return json(
        202,
        { ...result.record, ...superseded },
        {
          location: groupPath(result.record.connectionId, result.record.id),
          'retry-after': String(Math.max(1, Math.ceil(result.retryAfter))),
          ...(preferenceApplied ? { 'preference-applied': 'respond-async' } : {}),
        },
      );
    case 'failed':
    case 'names-refused': {
      const { problem, record } = result;
      const members = { counts: record.members, ...problem.members, record, ...superseded };
      throw new AdapterError(problem.code, problem.detail, { members });
    }
    case 'refused': {
      const { code, detail, members } = result.problem;
      throw new AdapterError(code, detail, { members });
    }
  }
}

export function answerPlan({ group, members, refused }: Plan, instance: string): HttpAnswer {
  const problem =
    refused === undefined
      ? {}
      : { refused: problemDetails(refused.code, refused.detail, instance, refused.members) };
  return json(200, { dryRun: true, group, members, ...problem }, {});
}
