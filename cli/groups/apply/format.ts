import type { ExitCode } from '../../failure.ts';
import { exitCodes } from '../../failure.ts';
import type { Paint } from '../../terminal/paint.ts';
import { count, printable } from '../../terminal/printable.ts';
import { tableOf } from '../../terminal/table.ts';
import type { Outcome, Result } from './carry-out.ts';
import type { GroupPlan } from './plan.ts';

/** Plans as a table, one line per group. */
export function tableOfPlans(plans: readonly GroupPlan[], paint: Paint): string[] {
  const number = (value: number, sign: string) => (value === 0 ? '' : `${sign}${value.toLocaleString('en')}`);
  return tableOf<GroupPlan>(
    [
      { head: 'GROUP', text: ({ name }) => printable(name.id), paint: () => paint.bold },
      {
        head: 'GROUP ITSELF',
        text: ({ group }) => group,
        paint: ({ group }) =>
          group === 'delete' ? paint.red : group === 'unchanged' ? paint.dim : paint.green,
      },
      {
        head: 'ADD',
        text: ({ members }) => number(members.add, '+'),
        paint: () => paint.green,
        align: 'right',
      },
      {
        head: 'REMOVE',
        text: ({ members }) => number(members.remove, '−'),
        paint: () => paint.red,
        align: 'right',
      },
      { head: 'KEEP', text: ({ members }) => members.unchanged.toLocaleString('en'), align: 'right' },
      {
        head: '',
        text: formatState,
        paint: () => paint.yellow,
      },
    ],
    plans,
    paint.dim,
  );
}

function formatState({ isHeld, isAllowed, isAdditive, unsettled, refused }: GroupPlan): string {
  if (refused !== null) return refused.code;
  if (isHeld) return 'held: too many removals';
  if (isAllowed === true) return 'removals allowed';
  if (isAdditive === true) return 'names not found: nobody is removed';
  return unsettled === null ? '' : unsettled === 'failed' ? 'failed: tried again' : 'being applied';
}

export function planDocument(plan: GroupPlan): object {
  const { name, desired, group, members, isHeld, isAdditive, unsettled, refused } = plan;
  return {
    type: 'plan',
    connectionId: name.connectionId,
    groupId: name.id,
    inFile: desired !== null,
    group,
    members,
    held: isHeld,
    ...(isAdditive ? { additionsOnly: true } : {}),
    ...(unsettled === null ? {} : { state: unsettled }),
    ...(refused === null ? {} : { refused }),
  };
}

export function resultDocument({ plan, outcome, code, detail }: Result): object {
  return {
    type: 'result',
    connectionId: plan.name.connectionId,
    groupId: plan.name.id,
    outcome,
    ...(code === undefined ? {} : { code }),
    ...(detail === undefined ? {} : { detail }),
  };
}

/** One line for a group that needs attention; null for one that does not. */
export function describeResult({ plan, outcome, code, detail }: Result, paint: Paint): string | null {
  const group = paint.bold(printable(`${plan.name.connectionId}/${plan.name.id}`));
  const { remove, unchanged } = plan.members;
  if (outcome === 'held' && plan.desired === null)
    return `${paint.yellow('held')}     ${group}  is not in the file: not deleted`;
  if (outcome === 'held')
    return `${paint.yellow('held')}     ${group}  ${remove} of ${count(remove + unchanged, 'member')} would be removed: the group was not changed`;
  if (outcome === 'failed' || outcome === 'refused')
    return `${paint.red(outcome.padEnd(7))}  ${group}  ${printable(`${code ?? ''}  ${detail ?? ''}`.trim(), 300)}`;
  return null;
}

interface Summary {
  readonly unchanged: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly exitCode: ExitCode;
}

const outcomeOrder = ['applied', 'applying', 'held', 'refused', 'failed', 'not-begun'] as const;

export function summarise(results: readonly Result[], unchanged: number): Summary {
  const outcomes: Partial<Record<Outcome, number>> = {};
  for (const outcome of outcomeOrder) {
    const number = results.filter((result) => result.outcome === outcome).length;
    if (number > 0) outcomes[outcome] = number;
  }
  const exitCode =
    outcomes.failed || outcomes.refused
      ? exitCodes.failed
      : outcomes.held
        ? exitCodes.tooManyRemovals
        : outcomes.applying || outcomes['not-begun']
          ? exitCodes.pending
          : exitCodes.ok;
  return { unchanged, outcomes, exitCode };
}

export function describeSummary({ unchanged, outcomes }: Summary): string {
  const parts = Object.entries(outcomes).map(([outcome, number]) => `${number} ${outcome.replace('-', ' ')}`);
  return parts.length === 0
    ? `Nothing to do: ${count(unchanged, 'group')} as in the file.`
    : `${[...parts, `${unchanged} unchanged`].join(', ')}.`;
}
