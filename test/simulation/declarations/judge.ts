import { type Head, sumOf } from '../../../src/ledger/core/head.ts';
import { isResting } from '../../../src/ledger/core/progress.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { connectionId, type DeclarationRun } from './declaration-run.ts';
import type { Declared } from './history.ts';
import { isAsDeclared } from './in-graph.ts';
import { viewLedger } from './ledger-view.ts';
import { describe } from './told.ts';
import { Violation } from './violation.ts';

/** Given up, or refused in part: a retry restarts it. */
export function hasFailed(head: Head | undefined): boolean {
  if (head === undefined) return false;
  return head.failed || head.step === 'refused' || sumOf(head, 'failed') > 0;
}

/** What must be so of a group when everything has come to rest. */
export function judge(run: DeclarationRun, groupId: string): void {
  const { world, interference, report } = run;
  const view = viewLedger(world.tables, connectionId, groupId);
  if (view === null) return;
  const { head, told } = view;
  if (!isResting(head)) report(new Violation('no-rest', `${groupId} is left with work`));
  judgeQueued(run, groupId);
  // What others have removed unseen comes back with a reassertion only.
  if (interference.hidden.has(groupId)) return;
  const held = world.graph.look(connectionId, groupId);
  const isImpossible = told.group === 'unspecified' && held === null;
  if (!isImpossible && !isAsDeclared(told, held))
    report(new Violation('not-brought-about', `${groupId} shall be ${describe(told)}`));
}

/** What a producer has put on the queue is in effect, unless somebody has purged the queue or a dead letter has it. */
function judgeQueued({ world, history, interference }: DeclarationRun, groupId: string): void {
  const { all, answered } = history(groupId);
  const waiting = all.filter((one) => one.isQueued && !one.isAnswered);
  if (waiting.length === 0 || interference.wasPurged) return;
  const letters = world.queues.all(queueNames.deadLetters).map(({ text }) => decode(text));
  const isLetter = ({ change: { sequence } }: Declared) =>
    letters.some((letter) => letter.includes(`"sequence":${sequence},`));
  for (const one of waiting) if (!isLetter(one)) answered(one);
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
