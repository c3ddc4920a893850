import { queueNames } from '../../../src/storage/queues.ts';
import type { PlayOptions, Run } from '../simulations.ts';
import { switches } from '../switches.ts';
import { createWorld } from '../world/world.ts';
import { findDeclarationBreak } from './breaks.ts';
import { connectionId, type DeclarationRun, newTotals } from './declaration-run.ts';
import { addDirectoryLife, holderIn } from './directory-life.ts';
import { drawSettings } from './draw-settings.ts';
import { startFleet } from './fleet.ts';
import { createHistory, type History } from './history.ts';
import { createInvariants } from './invariants.ts';
import { addMishaps } from './mishaps.ts';
import { addOutsider, noteReturn } from './outsider.ts';
import { makePast } from './past.ts';
import { addSenders } from './senders.ts';
import { settleAll } from './settle-all.ts';
import { addTimers } from './timers.ts';
import { undeclared } from './told.ts';
import { Violation } from './violation.ts';
import { writeOf } from './writes-under-way.ts';

/**
 * A full page of a thousand members, of a group that somebody has deleted, is tried every 130 s until a change of the group
 * without an answer can no longer take effect: five times in eleven minutes, and once more when the group is there again.
 */
const maxStepsToRest = 12_000;
/** Milliseconds after which what still takes effect is late indeed: nine minutes. */
const veryLate = 540_000;

/** One schedule of declared groups, decided by its seed, from the first change to rest. */
export async function simulateDeclarations(
  seed: number,
  { keepTimeline = false, break: broken }: PlayOptions = {},
): Promise<Run> {
  let violation: Violation | null = null;
  let isCalm = false;
  const invariants = createInvariants(() => run);
  const totals = newTotals();
  const world = createWorld(seed, {
    keepTimeline,
    // Two 404s, two minutes apart, are believed: a second series of wrong ones so soon would break Graph's assumption.
    wrong404Pause: 86_400_000,
    wrong404Shares: [0, 0.2, 0.6],
    refusals: switches.refusals,
    onTableChange: invariants.tableChanged,
    onGraphRequest: (_connectionId, request, reply) => noteReturn(run, request, reply),
    lastMoments: () => (run.settings.isLate ? 60_000 : Number.POSITIVE_INFINITY),
    onFate: (_call, fate) => {
      if (fate !== 'served') totals.faults += 1;
    },
    onLanded: ({ spec, beganAt }) => {
      const isRemoval = writeOf(spec)?.kind === 'remove-member';
      if (isRemoval && world.time.now() - beganAt >= veryLate) totals.lateRemovals += 1;
    },
  });
  const { prng } = world;
  const histories = new Map<string, History>();
  world.graph.connections.add(connectionId);
  const run: DeclarationRun = {
    world,
    settings: drawSettings(prng),
    broken: findDeclarationBreak(broken),
    past: new Map(),
    history: (groupId) => {
      const known = histories.get(groupId);
      if (known !== undefined) return known;
      const history = createHistory(groupId, {
        past: run.past.get(groupId) ?? undeclared,
        holderOf: holderIn(world.directory),
        report: run.report,
      });
      histories.set(groupId, history);
      return history;
    },
    histories: () => histories.values(),
    interference: { drifted: new Set(), hidden: new Set(), purged: new Set(), wasPurged: false },
    totals,
    report: (found) => {
      violation ??= found;
    },
    isCalm: () => isCalm,
  };
  makePast(run);
  // With names more has to come together: who was declared by one, what became of it, and a change that says it again.
  const isNamed = run.settings.names.length > 0;
  const budget = (isNamed ? 8 : 2) + prng.int(8);
  const fleet = startFleet(run);
  const senders = addSenders(budget, fleet, run, invariants);
  addMishaps(fleet, run);
  addOutsider(run);
  addTimers(fleet, run);
  addDirectoryLife(fleet, run);

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
    return violation === null;
  };

  await goOn((isNamed ? 160 : 40) + prng.int(isNamed ? 320 : 160));
  isCalm = true;
  world.becalm();
  await settleAll(run, { fleet, senders, rest });
  totals.letters = world.queues.all(queueNames.deadLetters).length;
  return { seed, steps, totals: { ...totals }, violation, timeline: world.timeline.lines };
}
