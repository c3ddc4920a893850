import type { Change } from '../../../src/ledger/change.ts';
import { type Head, sumOf } from '../../../src/ledger/head.ts';
import { isResting } from '../../../src/ledger/progress.ts';
import { AdapterError } from '../../../src/problems/adapter-error.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import type { PlayOptions, Run } from '../simulations.ts';
import type { Instance } from '../world/instance.ts';
import { createWorld } from '../world/world.ts';
import { findDeclarationBreak } from './breaks.ts';
import { connectionId, type DeclarationRun, type Declared, groupIds } from './declaration-run.ts';
import { describe, desiredAfter, desiredOf, isSame } from './desired.ts';
import { drawChange } from './draw-change.ts';
import { createInvariants, isAsDeclared } from './invariants.ts';
import { viewLedger } from './ledger-view.ts';
import { createLooksHost, type LooksHost } from './looks-host.ts';
import { type SimulatedDeclarations, startDeclarations } from './start-declarations.ts';
import { toMessage } from './to-message.ts';
import { Violation } from './violation.ts';

interface Running {
  readonly instance: Instance;
  readonly declarations: SimulatedDeclarations;
  readonly host: LooksHost;
}

const mostStepsToRest = 6_000;
const trace = { traceparent: `00-${'0'.repeat(31)}1-${'0'.repeat(15)}1-01` };

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
  const running: Running[] = [];
  let started = 0;
  let left = 2 + prng.int(8);

  function start(): void {
    started += 1;
    const instance = world.startInstance(`app-${started}`, prng.pick(run.settings.clockErrors));
    const declarations = startDeclarations(instance, run);
    running.push({ instance, declarations, host: createLooksHost(instance, declarations, world) });
  }

  function crash(): void {
    const { instance } = prng.take(running);
    tally.crashes += 1;
    world.timeline.note(() => `${instance.name}  crashes; another instance starts`);
    instance.crash();
    start();
  }

  /** A sequenced change may come again, as from a queue; it is the same change then. */
  function arrive(): void {
    left -= 1;
    const { settings, declared } = run;
    const isRepeated = settings.isSequenced && declared.length > 0 && prng.chance(0.3);
    const one: Declared = isRepeated
      ? prng.pick(declared)
      : { change: nextChange(), isRecorded: false, wasNoChange: false, isAnswered: false };
    if (!isRepeated) declared.push(one);
    if (settings.isSequenced && prng.chance(0.5)) queue(one);
    else declare(one);
  }

  /** A producer's message: what is on the queue is accepted. */
  function queue(one: Declared): void {
    tally.changes += 1;
    one.isAnswered = true;
    const text = JSON.stringify(toMessage(one.change));
    world.timeline.note(() => `producer  ${text}`);
    const encoded = Buffer.from(text, 'utf8').toString('base64');
    world.queues.send(queueNames.changes, encoded, { delay: 0, ttl: Number.POSITIVE_INFINITY });
  }

  function nextChange(): Change {
    return drawChange(prng, run.settings.isSequenced ? 1 + prng.int(1_000_000) : undefined);
  }

  function declare(one: Declared): void {
    tally.changes += 1;
    const { instance, declarations } = prng.pick(running);
    const { change } = one;
    const words = JSON.stringify(change);
    const before = invariants.desiredOf(change.groupId);
    one.wasNoChange ||= isSame(before, desiredAfter(before, change));
    world.timeline.note(() => `${instance.name}  is told ${words}`);
    const patience = prng.pick([0, 10_000, 10_000]);
    declarations
      .declare(change, { source: 'http', patience, trace, log: () => undefined })
      .then((result) => {
        world.timeline.note(() => `${instance.name}  answers ${result.kind} to ${words}`);
        if (result.kind === 'refused') return;
        invariants.catchUp();
        one.isAnswered = true;
        if (!run.settings.isSequenced && !one.isRecorded && !one.wasNoChange)
          run.report(new Violation('false-answer', `${result.kind}: ${words}`));
      })
      .catch((thrown: unknown) => {
        world.timeline.note(() => `${instance.name}  answers ${String(thrown)} to ${words}`);
        const isKnown =
          thrown instanceof AdapterError || (thrown instanceof Error && thrown.name !== 'TypeError');
        if (!isKnown) run.report(new Violation('unexpected-error', `${words}: ${String(thrown)}`));
      });
  }

  for (let each = 0; each < 1 + prng.int(2); each += 1) start();
  world.addActor({
    name: 'arrival',
    weight: () => (left > 0 && !isCalm ? 1.5 : 0),
    act: arrive,
  });
  world.addActor({
    name: 'poll',
    weight: () =>
      2 *
      Math.min(
        4,
        running.reduce((sum, { host }) => sum + host.waiting(), 0),
      ),
    act: () => {
      tally.looks += 1;
      prng.pick(running.filter(({ host }) => host.waiting() > 0)).host.fetch();
    },
    nextAt: () => world.queues.nextVisible(queueNames.changes),
  });
  world.addActor({
    name: 'timer',
    weight: () => (world.queues.countVisible(queueNames.changesPoison) > 0 ? 0.3 : 0),
    act: () => prng.pick(running).host.emptyPoisonQueue(),
    nextAt: () => world.queues.nextVisible(queueNames.changesPoison),
  });
  world.addActor({
    name: 'crash',
    weight: () => (world.calls.pending.length > 0 ? world.weather().crashes : 0),
    act: crash,
  });

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
    const isAtRest = await goOn(mostStepsToRest);
    if (violation === null && !isAtRest) run.report(new Violation('no-rest', `${mostStepsToRest} steps`));
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
    await new Promise((resolve) => setImmediate(resolve));
    await rest();
  }
  if (violation === null) for (const groupId of groupIds) judge(run, groupId, run.report);
  tally.letters = world.queues.all(queueNames.deadLetters).length;
  return { seed, steps, tally: { ...tally }, violation, timeline: world.timeline.lines };
}

function hasFailed(head: Head | undefined): boolean {
  if (head === undefined) return false;
  return head.failed || head.step === 'refused' || sumOf(head, 'failed') > 0;
}

function judge(
  { world, declared, settings }: DeclarationRun,
  groupId: string,
  report: DeclarationRun['report'],
) {
  const view = viewLedger(world.tables, connectionId, groupId);
  if (view === null) return;
  const { head, desired } = view;
  if (!isResting(head)) report(new Violation('no-rest', `${groupId} is left with work`));
  if (settings.isSequenced) {
    const said = declared.filter((one) => one.change.groupId === groupId && one.isAnswered);
    // What was given up, or crashed again and again, ends as a dead letter instead.
    const unsure =
      world.queues.all(queueNames.deadLetters).length > 0 ||
      declared.some((one) => one.change.groupId === groupId && !one.isAnswered);
    const shall = desiredOf(said.map(({ change }) => change));
    if (!unsure && !isSame(shall, desired))
      report(
        new Violation(
          'not-recorded',
          `${groupId} shall be ${describe(shall)}, the ledger has ${describe(desired)}`,
        ),
      );
  }
  const held = world.graph.look(connectionId, groupId);
  const isImpossible = desired.group === 'untold' && held === null;
  if (!isImpossible && !isAsDeclared(desired, held))
    report(new Violation('not-brought-about', `${groupId} shall be ${describe(desired)}`));
}
