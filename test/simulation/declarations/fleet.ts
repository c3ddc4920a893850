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
  readonly running: readonly Running[];
  /** Lets the instances poll the queue, empty the poison queue, and crash. */
  readonly addActors: () => void;
}

/** Instances with declared groups: one that crashes is replaced. */
export function startFleet(run: DeclarationRun): Fleet {
  const { world, settings, tally } = run;
  const { prng } = world;
  const running: Running[] = [];
  let started = 0;

  function start(): void {
    started += 1;
    const instance = world.startInstance(`app-${started}`, prng.pick(settings.clockErrors));
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

  for (let each = 0; each < 1 + prng.int(2); each += 1) start();
  return {
    running,
    addActors: () => {
      world.addActor({
        name: 'poll',
        weight: () => {
          let waiting = 0;
          for (const { host } of running) waiting += host.waiting();
          return 2 * Math.min(4, waiting);
        },
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
    },
  };
}
