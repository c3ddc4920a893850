import { queueNames } from '../../../src/storage/queues.ts';
import type { PlayOptions, Run } from '../simulations.ts';
import { createWorld, microtasks } from '../world/world.ts';
import { findDeclarationBreak } from './breaks.ts';
import { connectionId, type DeclarationRun, groupIds } from './declaration-run.ts';
import { startFleet } from './fleet.ts';
import { createInvariants } from './invariants.ts';
import { hasFailed, judge } from './judge.ts';
import { viewLedger } from './ledger-view.ts';
import { addSenders } from './senders.ts';
import { Violation } from './violation.ts';

const maxStepsToRest = 6_000;

/** One schedule of declared groups, decided by its seed, from the first change to rest. */
export async function simulateDeclarations(
  seed: number,
  { keepTimeline = false, break: broken }: PlayOptions = {},
): Promise<Run> {
  let violation: Violation | null = null;
  let isCalm = false;
  const invariants = createInvariants(() => run);
  const tally = { changes: 0, faults: 0, crashes: 0, looks: 0, letters: 0 };
  const world = createWorld(seed, {
    keepTimeline,
    // What is said twice, two minutes apart, is believed: a second stretch so soon would make a liar of Graph.
    wrong404Pause: 3_600_000,
    onTableChange: invariants.tableChanged,
    onFate: (_call, fate) => {
      if (fate !== 'served') tally.faults += 1;
    },
  });
  const { prng } = world;
  world.graph.connections.add(connectionId);
  const run: DeclarationRun = {
    world,
    settings: {
      callTimeout: 10_000,
      giveUpAfter: prng.pick([7_200_000, 172_800_000]),
      isSequenced: prng.chance(0.3),
      clockErrors: prng.pick([[0], [-3_600_000, 0, 3_600_000]]),
    },
    broken: findDeclarationBreak(broken),
    declared: [],
    tally,
    report: (found) => {
      violation ??= found;
    },
    isCalm: () => isCalm,
  };
  const budget = 2 + prng.int(8);
  const fleet = startFleet(run);
  const { declare } = addSenders(budget, fleet, run, invariants);
  fleet.addActors();

  let steps = 0;
  const goOn = async (most: number) => {
    for (let step = 0; step < most && violation === null; step += 1) {
      if (!(await world.step())) return true;
      steps += 1;
      invariants.check();
    }
    return false;
  };
  const rest = async () => {
    const isAtRest = await goOn(maxStepsToRest);
    if (violation === null && !isAtRest) run.report(new Violation('no-rest', `${maxStepsToRest} steps`));
  };

  await goOn(40 + prng.int(160));
  isCalm = true;
  world.becalm();
  await rest();
  if (violation === null) {
    // What was given up comes home with a retry.
    for (const groupId of groupIds)
      if (hasFailed(viewLedger(world.tables, connectionId, groupId)?.head))
        declare({
          change: { connectionId, groupId, kind: 'retry' },
          isRecorded: true,
          wasNoChange: true,
          isAnswered: false,
        });
    // Until it waits for the scheduler.
    await microtasks();
    await rest();
  }
  if (violation === null) for (const groupId of groupIds) judge(run, groupId);
  tally.letters = world.queues.all(queueNames.deadLetters).length;
  return { seed, steps, tally: { ...tally }, violation, timeline: world.timeline.lines };
}
