import type { GroupRecord } from '../../../src/ledger/core/group-record.ts';
import { eachLimited } from '../../../src/shared/each-limited.ts';
import { type Declaration, declareGroup, deleteGroup, type LedgerClient } from '../ledger-client.ts';
import { atATime, type GroupPlan } from './plan.ts';

export type Outcome = 'applied' | 'applying' | 'failed' | 'held' | 'refused' | 'not-begun';

/** The result for one group. */
export interface Result {
  readonly plan: GroupPlan;
  readonly outcome: Outcome;
  readonly code?: string;
  readonly detail?: string;
}

interface CarryOutOptions {
  readonly sequence: number | undefined;
  readonly interrupted: AbortSignal;
  readonly progressed: (result: Result) => Promise<void>;
}

/** Declares what is planned, each group before its members; if interrupted, requests in flight still complete. */
export async function carryOut(
  ledger: LedgerClient,
  plans: readonly GroupPlan[],
  { sequence, interrupted, progressed }: CarryOutOptions,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  await eachLimited(plans, atATime, async (plan) => {
    const result: Result = interrupted.aborted
      ? { plan, outcome: 'not-begun' }
      : await carryOutOne(ledger, plan, sequence);
    results.push(result);
    await progressed(result);
  });
  return results;
}

async function carryOutOne(
  ledger: LedgerClient,
  plan: GroupPlan,
  sequence: number | undefined,
): Promise<Result> {
  if (plan.refused !== null) return { plan, outcome: 'refused', ...plan.refused };
  if (plan.isHeld) return { plan, outcome: 'held', code: 'too-many-removals' };
  let result: Result = { plan, outcome: plan.unsettled === 'applying' ? 'applying' : 'applied' };
  for (const declaration of declarationsOf(plan, sequence)) {
    const answer = await ledger.declare(declaration);
    if (answer.kind === 'refused') {
      const { code, detail } = answer;
      if (code === 'too-many-removals') return { plan, outcome: 'held', code, detail };
      return { plan, outcome: answer.record === undefined ? 'refused' : 'failed', code, detail };
    }
    result = { plan, ...outcomeOf(answer.record) };
  }
  return result;
}

function declarationsOf(plan: GroupPlan, sequence: number | undefined): Declaration[] {
  const { name, desired, group, members } = plan;
  if (desired === null) return group === 'delete' ? [deleteGroup(name, sequence)] : [];
  // What has failed is tried again by a change that names it, also by one that changes nothing.
  const isAgain = plan.unsettled === 'failed';
  const changesMembers = members.add + members.remove > 0 || isAgain;
  return [
    ...(desired.isDeclared && (group !== 'unchanged' || isAgain)
      ? [declareGroup(name, desired, sequence)]
      : []),
    ...(plan.declaration !== undefined && changesMembers
      ? [withRemovals(plan.declaration, members.remove)]
      : []),
  ];
}

/** As many removals as the plan has shown; additions have none. */
function withRemovals(declaration: Declaration, removals: number): Declaration {
  return 'members' in declaration.content ? { ...declaration, removals } : declaration;
}

export function outcomeOf({ state, error }: GroupRecord): Omit<Result, 'plan'> {
  if (state !== 'failed' || error === undefined) return { outcome: state };
  return { outcome: 'failed', code: error.type.replace('urn:problem-type:', ''), detail: error.detail };
}
