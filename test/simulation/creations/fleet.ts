import { queueNames } from '../../../src/storage/queues.ts';
import { createLooksHost, type LooksHost } from '../declarations/looks-host.ts';
import { type SimulatedDeclarations, startDeclarations } from '../declarations/start-declarations.ts';
import type { Instance } from '../world/instance.ts';
import { createQueueTrigger, type QueueTrigger } from './functions-host.ts';
import type { RunState } from './run-state.ts';
import { type SimulatedApp, startApp } from './start-app.ts';

/** A running instance of the app, with the trigger that its host serves. */
export interface Running {
  readonly instance: Instance;
  readonly app: SimulatedApp;
  readonly trigger: QueueTrigger;
  readonly declarations: SimulatedDeclarations;
  /** Of the queues of declared groups. */
  readonly looks: LooksHost;
}

export interface Fleet {
  readonly running: () => readonly Running[];
}

/** Instances that poll the queues, crash, and are replaced. */
export function startFleet(size: number, state: RunState): Fleet {
  const { world, journal, deliveries, settings, broken } = state;
  const declaring = { callTimeout: settings.graphDeadline, giveUpAfter: settings.giveUpAfter };
  const { prng } = world;
  const running: Running[] = [];
  let started = 0;
  let maintaining: Instance | null = null;

  function start(): void {
    started += 1;
    const instance = world.startInstance(`app-${started}`, prng.pick(settings.clockErrors));
    const declarations = startDeclarations(instance, { settings: declaring, broken: {} });
    const app = startApp(instance, declarations, state);
    const trigger = createQueueTrigger(queueNames.work, queueNames.poison, instance, app, state);
    running.push({
      instance,
      app,
      trigger,
      declarations,
      looks: createLooksHost(instance, declarations, world),
    });
  }

  /** The host runs a timer on one instance at a time; another one takes over if that one crashes. */
  function maintain(): void {
    const { instance, app } = prng.pick(running);
    maintaining = instance;
    world.timeline.note(() => `${instance.name}  the timer: empties the poison queue`);
    app.maintainQueues({ traceContext: undefined, log: () => undefined }).finally(() => {
      for (const held of journal.runningOn(instance.name)) if (held.isPoison) journal.end(held);
      maintaining = null;
    });
  }

  function crash(): void {
    const { instance } = prng.take(running);
    state.totals.crashes += 1;
    world.timeline.note(() => `${instance.name}  crashes; another instance starts`);
    for (const { delivery } of journal.runningOn(instance.name)) delivery.troubles += 1;
    journal.endAllOn(instance.name);
    instance.crash();
    if (maintaining === instance) maintaining = null;
    start();
  }

  /** The host that holds a message stalls: others receive the message while the work on it continues. */
  function loseLease(): void {
    const held = world.queues.all(queueNames.work).filter(isHeld);
    if (held.length === 0) return;
    const message = prng.pick(held);
    const delivery = deliveries.of(message.text);
    if (delivery !== undefined) delivery.troubles += 1;
    state.totals.lostLeases += 1;
    world.timeline.note(() => `the lease of ${message.messageId} ends early`);
    world.queues.endLease(queueNames.work, message.messageId);
  }

  const isBusy = () => running.some(({ instance }) => journal.runningOn(instance.name).length > 0);

  const isHeld = ({ dequeueCount, visibleAt }: { dequeueCount: number; visibleAt: number }) =>
    dequeueCount > 0 && visibleAt > world.time.now();

  const waitingLooks = () =>
    running.flatMap(({ looks }) => looks.triggers.filter(({ waiting }) => waiting() > 0));

  for (let each = 0; each < size; each += 1) start();
  world.addActor({
    name: 'poll',
    weight: () => {
      let waiting = 0;
      for (const { trigger } of running) waiting += trigger.waiting();
      return 2 * Math.min(4, waiting);
    },
    act: () => prng.pick(running.filter(({ trigger }) => trigger.waiting() > 0)).trigger.fetch(),
    nextAt: () => world.queues.nextVisible(queueNames.work),
  });
  world.addActor({
    name: 'timer',
    weight: () =>
      broken.hasNoTimer === true || maintaining !== null || world.queues.countVisible(queueNames.poison) === 0
        ? 0
        : 0.3,
    act: maintain,
    nextAt: () => world.queues.nextVisible(queueNames.poison),
  });
  world.addActor({
    name: 'poll of looks',
    weight: () => (waitingLooks().length > 0 ? 2 : 0),
    act: () => prng.pick(waitingLooks()).fetch(),
    nextAt: () => world.queues.nextVisible(queueNames.changes),
  });
  world.addActor({
    name: 'timer of looks',
    weight: () => (world.queues.countVisible(queueNames.changesPoison) > 0 ? 0.3 : 0),
    act: () => prng.pick(running).looks.emptyPoisonQueue(),
    nextAt: () => world.queues.nextVisible(queueNames.changesPoison),
  });
  world.addActor({ name: 'crash', weight: () => (isBusy() ? world.weather().crashes : 0), act: crash });
  world.addActor({
    name: 'lost lease',
    weight: () => (isBusy() ? world.weather().crashes / 4 : 0),
    act: loseLease,
  });
  return { running: () => running };
}
