import { queueNames } from '../../../src/storage/queues.ts';
import type { Instance } from '../world/instance.ts';
import type { DeclarationRun } from './declaration-run.ts';
import { createLooksHost, type LooksHost } from './looks-host.ts';
import { type SimulatedDeclarations, startDeclarations } from './start-declarations.ts';

export interface Running {
  readonly instance: Instance;
  readonly declarations: SimulatedDeclarations;
  readonly host: LooksHost;
}

export interface Fleet {
  readonly running: Running[];
  /** Those that are not stalled. */
  readonly awake: () => readonly Running[];
  /** One crashes, and another is started. */
  readonly replaceOne: () => void;
}

const workQueues = [queueNames.changes, queueNames.verifications];
const poisonQueues = [queueNames.changesPoison, queueNames.verificationsPoison];

/** Instances with declared groups, whose hosts poll the queues. */
export function startFleet(run: DeclarationRun): Fleet {
  const { world, settings, totals } = run;
  const { prng } = world;
  const running: Running[] = [];
  let started = 0;

  function start(): void {
    started += 1;
    const instance = world.startInstance(`app-${started}`, prng.pick(settings.clockErrors));
    const declarations = startDeclarations(instance, run);
    running.push({ instance, declarations, host: createLooksHost(instance, declarations, world) });
  }

  const awake = () => running.filter(({ instance }) => !instance.isStalled());
  const waitingTriggers = () =>
    running.flatMap(({ host }) => host.triggers.filter(({ waiting }) => waiting() > 0));

  const isWaiting = (queue: string) => world.queues.countVisible(queue) > 0;
  function earliestVisible(queues: readonly string[]): number | null {
    const times = queues.flatMap((queue) => world.queues.nextVisible(queue) ?? []);
    return times.length === 0 ? null : Math.min(...times);
  }

  for (let each = 0; each < settings.instances; each += 1) start();
  world.addActor({
    name: 'poll',
    weight: () => {
      let waiting = 0;
      for (const { host } of running) for (const trigger of host.triggers) waiting += trigger.waiting();
      return 2 * Math.min(4, waiting);
    },
    act: () => {
      totals.looks += 1;
      prng.pick(waitingTriggers()).fetch();
    },
    nextAt: () => earliestVisible(workQueues),
  });
  world.addActor({
    name: 'timer',
    weight: () => (poisonQueues.some(isWaiting) && awake().length > 0 ? 0.3 : 0),
    act: () => prng.pick(awake()).host.emptyPoisonQueue(),
    nextAt: () => earliestVisible(poisonQueues),
  });
  return {
    running,
    awake,
    replaceOne: () => {
      const { instance } = prng.take(running);
      totals.crashes += 1;
      world.timeline.note(() => `${instance.name}  crashes; another instance starts`);
      instance.crash();
      start();
    },
  };
}
