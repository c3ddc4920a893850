import { toGroupRecord } from '../../../src/ledger/core/group-record.ts';
import { switches } from '../switches.ts';
import { connectionId, type DeclarationRun } from './declaration-run.ts';
import type { Declared } from './history.ts';
import type { LedgerView } from './ledger-view.ts';
import { Violation } from './violation.ts';

/** Milliseconds: storage has whole seconds, and its front ends differ by nearly one. */
const second = 2_000;

/** What must hold of a group's record when it has been written; `causes`: the changes that it may have recorded. */
export function judgeRecord(
  { world, totals, report }: DeclarationRun,
  { head, entries }: LedgerView,
  causes: readonly Declared[],
): void {
  const { state, members, lastChangedDateTime } = toGroupRecord(head);
  if (switches.appliedCounts && state === 'applied' && members.applying + members.failed > 0)
    report(new Violation('false-record', `${head.groupId} is applied, ${JSON.stringify(members)}`));
  if (causes.length > 0 && switches.changeTimes) {
    const { tableAhead } = world.serviceClocks;
    const changedAt = Date.parse(lastChangedDateTime) - tableAhead;
    const calledAt = Math.min(...causes.map((one) => one.calledAt));
    if (changedAt < calledAt - second || changedAt > world.time.now() + second)
      report(
        new Violation(
          'false-record',
          `${head.groupId} last changed ${changedAt - calledAt} ms after the change was called`,
        ),
      );
  }
  const isRefused = head.step === 'refused' || [...entries.values()].some(({ step }) => step === 'refused');
  // What somebody else has deleted answers 404 for good.
  if (
    switches.failuresExplained &&
    isRefused &&
    totals.drifts === 0 &&
    !world.refusals.wasFinal(connectionId, head.groupId)
  )
    report(new Violation('false-failure', head.groupId));
}
