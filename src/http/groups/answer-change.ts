import type { FaultList } from '../../groups/fault-list.ts';
import type { ChangeResult } from '../../ledger/change-result.ts';
import type { RequestedChange } from '../../ledger/core/change.ts';
import { groupPath } from '../../ledger/core/group-record.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { Plan } from '../../ledger/plan-change.ts';
import { tooLarge } from '../../ledger/to-change.ts';
import { AdapterError } from '../../problems/adapter-error.ts';
import { problemDetails } from '../../problems/problem.ts';
import { deadlineFor, graceOfAnswer, graceOfWork } from '../../shared/answer-in-time.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Callers } from '../admit.ts';
import type { Exchange } from '../endpoint.ts';
import { readPrefer } from '../prefer.ts';
import { type HttpAnswer, pathOf } from '../request.ts';
import { json } from '../respond.ts';
import { readInTime, recordedInTime } from './ledger-in-time.ts';

export interface AnswerChangeDependencies {
  readonly callers: Callers;
  readonly ledger: Pick<Ledger, 'declare' | 'planChange'>;
  /** Milliseconds. */
  readonly graphDeadline: number;
  readonly clock: Clock;
}

/** A change that was read, with what is to be done with it. */
interface AdmittedChange {
  readonly connectionId: string;
  readonly change: RequestedChange;
  readonly dryRun: boolean;
}

/** Null: there are errors. Throws `too-many-members` or `payload-too-large` if it is right but too large. */
export function fittingChange(
  change: RequestedChange | null,
  dryRun: boolean,
  faults: FaultList,
): AdmittedChange | null {
  if (change === null || !faults.isEmpty()) return null;
  const excess = tooLarge(change);
  if (excess !== null) throw new AdapterError(excess.code, excess.detail, { members: excess.members });
  return { connectionId: change.connectionId, change, dryRun };
}

/** Declares a change that was admitted, or tries it (`dryRun`), and answers: the same for every route that changes a group. */
type AnswerChange = (exchange: Exchange, admitted: AdmittedChange) => Promise<HttpAnswer>;

export function createAnswerChange(dependencies: AnswerChangeDependencies): AnswerChange {
  const { ledger, graphDeadline, clock } = dependencies;

  return async function answerChange({ request, trace, log }, { connectionId, dryRun, ...admitted }) {
    const change = { ...admitted.change, connectionId };
    const preference = readPrefer(request.headers);
    const deadline = deadlineFor(graphDeadline, preference.wait);
    const within = deadline + graceOfAnswer;
    if (dryRun) {
      const plan = await readInTime(within, ledger.planChange(change), clock);
      return answerPlan(plan, pathOf(request.url));
    }
    const patience = preference.respondAsync && preference.wait === null ? 0 : deadline;
    const answerWithin = deadline + graceOfWork;
    const options = { source: 'http', patience, answerWithin, trace, log } as const;
    const declared = await recordedInTime(within, ledger.declare(change, options), clock);
    return answerDeclared(declared, preference.respondAsync);
  };
}

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
