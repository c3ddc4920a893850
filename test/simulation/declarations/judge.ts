import { type Head, sumOf } from '../../../src/ledger/core/head.ts';
import { isResting } from '../../../src/ledger/core/progress.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { connectionId, type DeclarationRun } from './declaration-run.ts';
import { describe, desiredOf, isSame, undeclared } from './desired.ts';
import { isAsDeclared } from './in-graph.ts';
import { viewLedger } from './ledger-view.ts';
import { Violation } from './violation.ts';

/** Given up, or refused in part: a retry restarts it. */
export function hasFailed(head: Head | undefined): boolean {
  if (head === undefined) return false;
  return head.failed || head.step === 'refused' || sumOf(head, 'failed') > 0;
}

/** What must be so of a group when everything has come to rest. */
export function judge(run: DeclarationRun, groupId: string): void {
  const { world, declared, settings, interference, report } = run;
  const view = viewLedger(world.tables, connectionId, groupId);
  if (view === null) return;
  const { head, desired } = view;
  if (!isResting(head)) report(new Violation('no-rest', `${groupId} is left with work`));
  if (settings.isSequenced) {
    const said = declared.filter((one) => one.change.groupId === groupId && one.isAnswered);
    // What was given up, or crashed again and again, ends as a dead letter instead.
    const unsure =
      interference.wasPurged ||
      world.queues.all(queueNames.deadLetters).length > 0 ||
      declared.some((one) => one.change.groupId === groupId && !one.isAnswered);
    const shall = desiredOf(
      run.past.get(groupId) ?? undeclared,
      said.map(({ change }) => change),
    );
    if (!unsure && !isSame(shall, desired))
      report(
        new Violation(
          'not-recorded',
          `${groupId} shall be ${describe(shall)}, the ledger has ${describe(desired)}`,
        ),
      );
  }
  // What others have removed unseen comes back with a reassertion only.
  if (interference.hidden.has(groupId)) return;
  const held = world.graph.look(connectionId, groupId);
  const isImpossible = desired.group === 'untold' && held === null;
  if (!isImpossible && !isAsDeclared(desired, held))
    report(new Violation('not-brought-about', `${groupId} shall be ${describe(desired)}`));
}
