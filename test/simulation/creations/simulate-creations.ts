import type { PlayOptions, Run } from '../simulations.ts';
import { switches } from '../switches.ts';
import { createWorld } from '../world/world.ts';
import { addArrivals } from './arrivals.ts';
import { findBreak } from './breaks.ts';
import { addCopier } from './copier.ts';
import { addDeleters } from './deleters.ts';
import { createDeletions } from './deletions.ts';
import { createDeliveries } from './deliveries.ts';
import { startFleet } from './fleet.ts';
import { createJournal } from './journal.ts';
import { judge } from './judge.ts';
import { addOperators } from './operator.ts';
import { connections, type RunSettings, type RunState } from './run-state.ts';
import { emptyTotals } from './totals.ts';
import { Violation } from './violation.ts';
import { createWatch } from './watch.ts';

/** Steps within which everything has come to rest after the faults, however long the virtual time. */
const maxStepsToRest = 10_000;

/** One schedule of creations, decided by its seed, from the first arrival to rest. */
export async function simulateCreations(
  seed: number,
  { keepTimeline = false, break: broken }: PlayOptions = {},
): Promise<Run> {
  let violation: Violation | null = null;
  let isCalm = false;
  const report = (found: Violation) => {
    violation ??= found;
  };
  const watch = createWatch(() => state);
  const world = createWorld(seed, {
    keepTimeline,
    refusals: switches.refusals,
    onTableChange: watch.tableChanged,
    onMessageExpired: watch.messageExpired,
    onMessageSent: watch.messageSent,
    onGraphRequest: watch.graphRequested,
    onFate: watch.callMet,
  });
  const { prng } = world;
  for (const connection of [...connections.good, connections.denied]) world.graph.connections.add(connection);
  world.graph.denied.add(connections.denied);
  const settings = drawSettings();
  const state: RunState = {
    world,
    deliveries: createDeliveries(world.time.now),
    journal: createJournal(world.time.now),
    deletions: createDeletions(world.time.now),
    everHeld: new Set(),
    totals: emptyTotals(),
    settings,
    broken: findBreak(broken),
    report,
    isCalm: () => isCalm,
  };
  const startedAt = world.time.now();
  const fleet = startFleet(1 + prng.int(2), state);
  addArrivals(1 + prng.int(6), fleet, state);
  addOperators(prng.int(3), state);
  if (switches.copies) addCopier(prng.pick([0, 0, 1, 3]), state);
  if (switches.deletions) addDeleters(prng.pick([0, 0, 2, 4]), fleet, state);

  function drawSettings(): RunSettings {
    const isPunctual = world.weather().pauses === 0;
    return {
      graphDeadline: 10_000,
      giveUpAfter: prng.pick([3_600_000, 43_200_000]),
      tableIsForbidden: prng.chance(0.03),
      heldBack: prng.pick([0, 0, 0.1]),
      clockErrors: prng.pick([[0], [0], [-3_000, 0, 2_000], [-3_600_000, 0, 3_600_000]]),
      plainText: prng.pick([0, 0.5]),
      isPunctual,
    };
  }

  const faultySteps = 40 + prng.int(160);
  let steps = 0;
  const goOn = async (most: number) => {
    for (let step = 0; step < most && violation === null; step += 1) {
      if (!(await world.step())) return true;
      steps += 1;
    }
    return false;
  };

  try {
    await goOn(faultySteps);
    isCalm = true;
    world.becalm();
    const isAtRest = await goOn(maxStepsToRest);
    if (violation === null && !isAtRest)
      report(new Violation('no-rest', `${maxStepsToRest} steps, ${hours(world.time.now() - startedAt)} h`));
    if (violation === null) judge(state);
  } catch (thrown) {
    if (!(thrown instanceof Violation)) throw thrown;
    report(thrown);
  }
  const { totals, deliveries } = state;
  totals.deliveries = deliveries.all.length;
  return { seed, steps, totals: { ...totals }, violation, timeline: world.timeline.lines };
}

const hours = (milliseconds: number) => Math.round(milliseconds / 3_600_000);
