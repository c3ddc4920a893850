import type { Context } from '../../context.ts';
import { type ExitCode, exitCodes, Failure, usageFailure } from '../../failure.ts';
import { awaitApplied } from '../../groups/apply/await-applied.ts';
import { carryOut, type Result } from '../../groups/apply/carry-out.ts';
import { type ConnectionConsent, confirmConnections } from '../../groups/apply/confirm-connections.ts';
import {
  describeResult,
  describeSummary,
  planDocument,
  resultDocument,
  summarise,
  tableOfPlans,
} from '../../groups/apply/format.ts';
import { type GroupPlan, isUnchanged, type Order, planGroups, planPruning } from '../../groups/apply/plan.ts';
import { type ReadDesiredOptions, readDesired } from '../../groups/apply/read-desired.ts';
import { canRemove, type RemovalLimits, readRemovalLimits } from '../../groups/apply/removal-limits.ts';
import type { DesiredGroup } from '../../groups/file/desired-group.ts';
import type { LedgerClient } from '../../groups/ledger-client.ts';
import { openLedger } from '../../groups/open-ledger.ts';
import { count, printable } from '../../terminal/printable.ts';
import { startProgress } from '../../terminal/progress.ts';

export interface ApplyOptions extends ConnectionConsent, ReadDesiredOptions {
  readonly prune?: boolean;
  /** Groups with names that stand for nobody may lose members all the same. */
  readonly allowUnresolved?: boolean;
  /** Groups that pruning may delete if they are many. */
  readonly deletions: number;
  readonly removals?: readonly string[];
  readonly sequence?: number;
  /** Seconds to wait for work in progress. */
  readonly wait: number;
}

/** `groups apply`: brings the groups in a file to the state in the file. */
export async function applyGroups(file: string, options: ApplyOptions, context: Context): Promise<ExitCode> {
  const { console, interrupted } = context;
  const limits = readRemovalLimits(options.removals ?? []);
  const { groups, unresolved } = await readDesired(file, options, context);
  const { ledger } = openLedger(options, context);
  const order = orderOf(options.sequence, ledger, context);
  const { sequence } = order;

  const planning = startProgress(console, groups.length, { planned: '0' });
  let planned = 0;
  const listed = await planGroups(
    ledger,
    groups,
    { order, allowUnresolved: options.allowUnresolved === true },
    () => {
      planned += 1;
      planning.update(planned, { planned: String(planned) });
    },
  ).finally(() => planning.stop());
  const plans = [...listed, ...(await prune(ledger, groups, options, order))].map((plan) =>
    allow(plan, limits),
  );
  const changes = plans.filter((plan) => !isUnchanged(plan));
  for (const plan of changes) await console.document(planDocument(plan));
  for (const line of tableOfPlans(changes, console.paint)) console.line(line);

  if (!(await confirmConnections(changes, ledger, options, context))) {
    console.note('Nothing was changed.');
    return exitCodes.failed;
  }
  const decided: GroupPlan[] = [];
  for (const plan of changes) decided.push(await decide(plan, options, context));
  const unchanged = plans.length - changes.length;
  const results =
    options.dryRun === true
      ? decided.map(resultOfDryRun)
      : await apply(ledger, decided, { sequence, wait: options.wait * 1000 }, context);

  for (const result of results) {
    const line = describeResult(result, console.paint);
    if (line !== null) console.line(line);
  }
  const summary = summarise(results, unchanged);
  const dryRun = options.dryRun === true;
  const missing = unresolved.length === 0 ? {} : { unresolved: unresolved.length };
  await console.document({ type: 'summary', dryRun, unchanged, outcomes: summary.outcomes, ...missing });
  const wouldChange = dryRun && changes.length > 0;
  console.line(
    wouldChange
      ? `Dry run: ${count(changes.length, 'group')} would change, ${unchanged} unchanged.`
      : describeSummary(summary),
  );
  if (unresolved.length > 0)
    console.line(
      `${count(unresolved.length, 'line')} left out: the name belongs to nobody or to several people.`,
    );
  if (interrupted.aborted && !dryRun)
    throw new Failure(
      `Interrupted: ${results.length - (summary.outcomes['not-begun'] ?? 0)} of ${count(results.length, 'group')} were declared. Run the same command to continue: what is done is not repeated.`,
    );
  const isIncomplete = unresolved.length > 0 && options.allowUnresolved !== true;
  return isIncomplete && !dryRun ? exitCodes.failed : summary.exitCode;
}

/** A signed change needs a sequence: the time of this run, unless the operator gives one. */
function orderOf(given: number | undefined, { isSigned }: LedgerClient, { now }: Context): Order {
  if (given !== undefined || !isSigned) return { sequence: given, isAssumed: false };
  return { sequence: now(), isAssumed: true };
}

async function prune(
  ledger: LedgerClient,
  groups: readonly DesiredGroup[],
  { prune: asked, connection, deletions }: ApplyOptions,
  order: Order,
): Promise<readonly GroupPlan[]> {
  if (asked !== true) return [];
  if (connection === undefined)
    throw usageFailure('--prune needs --connection: it applies to a whole connection.');
  const { plans, declared } = await planPruning(ledger, connection, groups, order);
  const isMany = plans.length > 10 && plans.length * 2 > declared;
  return isMany && plans.length > deletions ? plans.map((plan) => ({ ...plan, isHeld: true })) : plans;
}

/** Lets a held plan proceed if `--removals` allows as many. */
function allow(plan: GroupPlan, limits: RemovalLimits): GroupPlan {
  const isAllowed =
    plan.isHeld && plan.desired !== null && canRemove(limits, plan.name.id, plan.members.remove);
  return isAllowed ? { ...plan, isHeld: false, isAllowed } : plan;
}

/** Lets a held plan proceed if the operator agrees. */
async function decide(plan: GroupPlan, { dryRun }: ApplyOptions, { console }: Context): Promise<GroupPlan> {
  if (!plan.isHeld || plan.refused !== null) return plan;
  const { remove, unchanged } = plan.members;
  if (dryRun === true) return plan;
  const what =
    plan.desired === null
      ? `Delete ${printable(plan.name.id)}, which is not in the file?`
      : `Remove ${remove} of ${count(remove + unchanged, 'member')} of ${printable(plan.name.id)}?`;
  const isConfirmed = await (console.confirm(what) ?? false);
  return { ...plan, isHeld: !isConfirmed };
}

/** The result of a dry run: everything is still to be done. */
function resultOfDryRun(plan: GroupPlan): Result {
  if (plan.refused !== null) return { plan, outcome: 'refused', ...plan.refused };
  return plan.isHeld ? { plan, outcome: 'held', code: 'too-many-removals' } : { plan, outcome: 'not-begun' };
}

async function apply(
  ledger: LedgerClient,
  plans: readonly GroupPlan[],
  { sequence, wait }: { readonly sequence: number | undefined; readonly wait: number },
  { console, interrupted, now }: Context,
): Promise<readonly Result[]> {
  const bar = startProgress(console, plans.length, { declared: '0', applied: '0' });
  let declared = 0;
  let applied = 0;
  const show = async (result: Result) => {
    if (result.outcome === 'applied') applied += 1;
    bar.update(declared, { declared: String(declared), applied: String(applied) });
    await console.document(resultDocument(result));
  };
  try {
    const progressed = (result: Result) => {
      declared += 1;
      return show(result);
    };
    const results = await carryOut(ledger, plans, { sequence, interrupted, progressed });
    return await awaitApplied(ledger, results, { within: wait, now, interrupted, progressed: show });
  } finally {
    bar.stop();
  }
}
