import type { SaidChange } from '../../ledger/core/change.ts';
import type { Declare, PlanChange } from '../../ledger/declaration.ts';
import { excessOf } from '../../ledger/to-change.ts';
import { AdapterError } from '../../problems/adapter-error.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Exchange } from '../endpoint.ts';
import { type Preference, readPrefer } from '../prefer.ts';
import { type HttpAnswer, pathOf } from '../request.ts';
import { answerDeclared, answerPlan } from './answer-declared.ts';
import { type Callers, requireAllowed } from './callers.ts';
import { grace, readInTime, recordedInTime } from './ledger-in-time.ts';

export interface AnswerChangeDependencies {
  readonly callers: Callers;
  readonly ledger: { readonly declare: Declare; readonly plan: PlanChange };
  /** Milliseconds. */
  readonly graphDeadline: number;
  readonly clock: Clock;
}

/** Milliseconds past the deadline within which the ledger must respond, so that a recorded change is reported as such. */
const graceOfLedger = 1_500;

/** Declares a change that was read, or tries it (`dryRun`), and answers: the same for every route that changes a group. */
export type AnswerChange = (exchange: Exchange, change: SaidChange, dryRun: boolean) => Promise<HttpAnswer>;

export function createAnswerChange(dependencies: AnswerChangeDependencies): AnswerChange {
  const { callers, ledger, graphDeadline, clock } = dependencies;

  return async function answerChange({ request, trace, log }, change, dryRun) {
    const excess = excessOf(change);
    if (excess !== null) throw new AdapterError(excess.code, excess.detail, { members: excess.members });
    requireAllowed(callers, change.connectionId);
    const within = graphDeadline + grace;
    const answerWithin = graphDeadline + graceOfLedger;
    if (dryRun) {
      const plan = await readInTime(within, ledger.plan(change), clock);
      return answerPlan(plan, pathOf(request.url));
    }
    const preference = readPrefer(request.headers);
    const options = { source: 'http', patience: patienceOf(preference), answerWithin, trace, log } as const;
    const declared = await recordedInTime(within, ledger.declare(change, options), clock);
    return answerDeclared(declared, preference.respondAsync);
  };

  function patienceOf({ respondAsync, wait }: Preference): number {
    return Math.min(graphDeadline, wait ?? (respondAsync ? 0 : Number.POSITIVE_INFINITY));
  }
}
