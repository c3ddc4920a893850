import type { Change } from '../../../src/ledger/core/change.ts';
import { isResting } from '../../../src/ledger/core/progress.ts';
import { timing } from '../../../src/ledger/core/timing.ts';
import { microtasks } from '../world/world.ts';
import { connectionId, type DeclarationRun, groupIds } from './declaration-run.ts';
import type { Fleet } from './fleet.ts';
import { hasFailed, judge } from './judge.ts';
import { viewLedger } from './ledger-view.ts';
import type { Senders } from './senders.ts';
import { beginVerification } from './timers.ts';

export interface Stage {
  readonly fleet: Fleet;
  readonly senders: Senders;
  /** Goes on until nothing is left that could happen; false: something was violated. */
  readonly rest: () => Promise<boolean>;
}

/**
 * What follows the faults, each until rest: the hourly pass finds what was purged, a retry what was given up, a
 * verification what others have done to groups; everything is as declared then. A reassertion brings back the members
 * that others have removed. A month later what is gone is forgotten.
 */
export async function settleAll(run: DeclarationRun, { fleet, senders, rest }: Stage): Promise<void> {
  const { world, totals, interference, settings } = run;
  const { prng } = world;
  const view = (groupId: string) => viewLedger(world.tables, connectionId, groupId);

  async function after(action: () => unknown): Promise<boolean> {
    action();
    await microtasks();
    return rest();
  }

  const say = (change: Pick<Change, 'groupId'> & { readonly kind: 'retry' | 'reassert' }) =>
    senders.declare({ connectionId, ...change });
  const passHour = () => {
    totals.hourlyPasses += 1;
    world.time.moveTo(world.time.now() + 3_600_000);
    const log = () => undefined;
    prng
      .pick(fleet.running)
      .declarations.hourlyPass({ log })
      .catch(() => undefined);
  };
  const judgeAll = () => {
    for (const groupId of groupIds) judge(run, groupId);
  };

  if (!(await rest())) return;
  const isLeft = (groupId: string) => {
    const head = view(groupId)?.head;
    return interference.purged.has(groupId) && head !== undefined && !isResting(head);
  };
  for (let hours = 0; hours < 3 && groupIds.some(isLeft); hours += 1) if (!(await after(passHour))) return;
  interference.purged.clear();

  const failed = groupIds.filter((groupId) => hasFailed(view(groupId)?.head));
  for (const groupId of failed) if (!(await after(() => say({ groupId, kind: 'retry' })))) return;

  if (interference.drifted.size > 0 && !(await after(() => beginVerification(fleet, run)))) return;
  judgeAll();
  for (const groupId of interference.hidden)
    if (!(await after(() => say({ groupId, kind: 'reassert' })))) return;
  interference.hidden.clear();
  interference.drifted.clear();
  judgeAll();

  if (!prng.chance(0.2)) return;
  world.timeline.note(() => '———  a month later  ———');
  world.time.moveTo(world.time.now() + timing.remembered);
  if (!(await after(passHour))) return;
  if (settings.isSequenced) return;
  if (await after(senders.declareAny)) judgeAll();
}
