import type { GroupRecord } from '../../ledger/core/group-record.ts';
import type { Declared, Plan } from '../../ledger/declaration.ts';
import { AdapterError } from '../../problems/adapter-error.ts';
import { problemDetails } from '../../problems/catalogue.ts';
import type { HttpAnswer } from '../request.ts';
import { json } from '../respond.ts';

/** The URL path of a declared group in this app. */
export function groupPath({ connectionId, id }: Pick<GroupRecord, 'connectionId' | 'id'>): string {
  return `/api/connections/${connectionId}/groups/${id}`;
}

/** The response to a change; throws if it is a problem. */
export function answerDeclared(declared: Declared, preferenceApplied: boolean): HttpAnswer {
  const superseded = 'superseded' in declared ? { superseded: true } : {};
  switch (declared.kind) {
    case 'settled':
      return json(200, { ...declared.record, ...superseded }, {});
    case 'recorded':
      return json(
        202,
        { ...declared.record, ...superseded },
        {
          location: groupPath(declared.record),
          'retry-after': String(Math.max(1, Math.ceil(declared.retryAfter))),
          ...(preferenceApplied ? { 'preference-applied': 'respond-async' } : {}),
        },
      );
    case 'failed':
    case 'names-refused': {
      const { problem, record } = declared;
      const members = { counts: record.members, ...problem.members, record, ...superseded };
      throw new AdapterError(problem.code, problem.detail, { members });
    }
    case 'refused': {
      const { code, detail, members } = declared.problem;
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
