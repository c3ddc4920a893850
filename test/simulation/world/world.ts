import { type Call, type Calls, createCalls, type LateCall, type OnFate, type OnLanded } from './calls.ts';
import { directoryRefusals } from './directory-port.ts';
import { createDirectoryService, type DirectoryService } from './directory-service.ts';
import { calm, drawFate, drawWeather, type Weather } from './faults.ts';
import { createGraphService, type GraphService, type OnGraphRequest } from './graph-service.ts';
import { createInstance, type Instance } from './instance.ts';
import { createPrng, type Prng } from './prng.ts';
import { createQueueService, type QueueMessage, type QueueService } from './queue-service.ts';
import { createRefusals, type RefusalKind, type Refusals } from './refusals.ts';
import { createServiceClocks, type ServiceClocks } from './service-clocks.ts';
import { createTableService, type OnTableChange, type TableService } from './table-service.ts';
import { createTimeline, type Timeline } from './timeline.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

/** Something that may happen besides calls and the passing of time: a request, a poll, a crash. */
export interface Actor {
  readonly name: string;
  /** How likely it acts now, against 4 for each pending call; 0: it cannot. */
  readonly weight: () => number;
  readonly act: () => void;
  /** When it will have something to do next; null: not by the passing of time. */
  readonly nextAt?: () => number | null;
}

export interface World {
  readonly seed: number;
  readonly prng: Prng;
  readonly time: VirtualTime;
  readonly timeline: Timeline;
  readonly queues: QueueService;
  readonly tables: TableService;
  readonly graph: GraphService;
  readonly directory: DirectoryService;
  readonly calls: Calls;
  readonly serviceClocks: ServiceClocks;
  readonly refusals: Refusals;
  readonly weather: () => Weather;
  readonly startInstance: (name: string, clockError?: number) => Instance;
  readonly addActor: (actor: Actor) => void;
  /** No more faults: what has been begun still may land late. */
  readonly becalm: () => void;
  /** One step, and all that follows from it without another; false: nothing is left that could ever happen. */
  readonly step: () => Promise<boolean>;
}

export interface WorldOptions {
  readonly keepTimeline?: boolean;
  readonly weather?: (drawn: Weather) => Weather;
  /** Milliseconds from one stretch of wrong 404s about a thing to the next; by default the next call may begin one. */
  readonly wrong404Pause?: number;
  /** Shares of calls with which a stretch of wrong 404s begins: each run draws one of them. */
  readonly wrong404Shares?: readonly number[];
  readonly onTableChange?: OnTableChange;
  readonly onGraphRequest?: OnGraphRequest;
  readonly onFate?: OnFate;
  readonly onLanded?: OnLanded;
  /** Milliseconds before its last moment from which a late call may be carried out; by default at any time. */
  readonly lastMoments?: () => number;
  readonly onMessageSent?: (queue: string, message: QueueMessage) => void;
  readonly onMessageExpired?: (queue: string, message: QueueMessage) => void;
  /** What Graph may say where it turns a request down, besides throttling, failing and denying. */
  readonly refusals?: readonly RefusalKind[];
}

/** When every run begins, in milliseconds since 1970: half a second into one, so that seconds are rounded somewhere. */
export const startOfTime = Date.parse('2026-03-01T12:00:00.500Z');

const callWeight = 4;
const lateWeight = 0.5;
/** Milliseconds that a pause may last. */
const pauses = [200, 1_500, 5_000, 40_000, 180_000];

/** A world in which one seed decides everything: no I/O, no real time, and each promise waits for the scheduler. */
export function createWorld(seed: number, options: WorldOptions = {}): World {
  const prng = createPrng(seed);
  const time = createVirtualTime(startOfTime);
  const timeline = createTimeline(options.keepTimeline === true, time.now, startOfTime);
  const drawn = drawWeather(prng);
  let weather = options.weather === undefined ? drawn : options.weather(drawn);
  const { wrong404Pause = 0 } = options;
  const wrong404Share = prng.pick(options.wrong404Shares ?? [0, 0, 0.2]);
  const onQueue = {
    sent: options.onMessageSent ?? (() => undefined),
    expired: options.onMessageExpired ?? (() => undefined),
  };
  const serviceClocks = createServiceClocks(prng, time.now);
  const queues = createQueueService(prng, { now: time.now, stamp: serviceClocks.ofQueue }, onQueue);
  const tables = createTableService(options.onTableChange ?? (() => undefined));
  const graph = createGraphService(prng, time.now, {
    // With a pause between them they hold nothing up for ever: they go on when the faults have ended.
    wrong404s: () => (weather === calm && wrong404Pause === 0 ? 0 : wrong404Share),
    wrong404Pause,
    onRequest: (connectionId, request, reply) => {
      timeline.note(() => `          Graph says ${reply.status} ${reply.code ?? ''}`.trimEnd());
      options.onGraphRequest?.(connectionId, request, reply);
    },
  });
  const directory = createDirectoryService(prng.pick(['denies', 'hides']));
  const calls = createCalls(time, timeline, {
    onFate: options.onFate ?? (() => undefined),
    onLanded: options.onLanded ?? (() => undefined),
    lastMoments: options.lastMoments ?? (() => Number.POSITIVE_INFINITY),
  });
  const refusals = createRefusals(prng, options.refusals ?? []);
  const coin = () => prng.chance(0.5);
  const surroundings = {
    prng,
    time,
    calls,
    queues,
    tables,
    graph,
    directory,
    directoryRefusal: () => prng.pick(directoryRefusals),
    serviceClocks,
    refusal: refusals.draw,
    coin,
  };
  const actors: Actor[] = [];

  /** The next moment at which anything changes by itself; null: there is none. */
  function nextMoment(): number | null {
    let next = time.nextTimer();
    const consider = (at: number | null) => {
      if (at !== null && at > time.now() && (next === null || at < next)) next = at;
    };
    for (const { landFrom, landBy } of calls.late) {
      consider(landFrom);
      consider(landBy);
    }
    for (const { nextAt } of actors) if (nextAt !== undefined) consider(nextAt());
    return next;
  }

  function moveTime(to: number): void {
    time.moveTo(to);
    for (const late of calls.late.filter(({ landBy }) => landBy <= time.now())) settle(late);
  }

  const settle = (late: LateCall) => calls.settleLate(late, prng.chance(0.5));

  /** Picks among everything that could happen now and lets it happen; false: nothing can. */
  function actOnce(): boolean {
    const weights = actors.map(({ weight }) => weight());
    const pending = calls.pending.some(isStalled)
      ? calls.pending.filter((call) => !isStalled(call))
      : calls.pending;
    const ofCalls = pending.length * callWeight;
    const late = calls.late.filter(({ landFrom }) => landFrom <= time.now());
    const ofLate = late.length * lateWeight;
    let total = ofCalls + ofLate;
    for (const weight of weights) total += weight;
    const next = nextMoment();
    const ofPause = next === null ? 0 : total === 0 ? 1 : weather.pauses;
    if (total + ofPause === 0) return false;

    let drawnWeight = prng.next() * (total + ofPause);
    if (drawnWeight < ofCalls) {
      const call: Call = prng.pick(pending);
      calls.meet(call, drawFate(prng, weather, call.spec.service));
      return true;
    }
    drawnWeight -= ofCalls;
    if (drawnWeight < ofLate) {
      settle(prng.pick(late));
      return true;
    }
    drawnWeight -= ofLate;
    for (const [index, weight] of weights.entries()) {
      if (drawnWeight < weight) {
        actors[index]?.act();
        return true;
      }
      drawnWeight -= weight;
    }
    if (next === null) return false;
    moveTime(total === 0 ? next : Math.min(next, time.now() + prng.int(prng.pick(pauses))));
    return true;
  }

  return {
    seed,
    prng,
    time,
    timeline,
    queues,
    tables,
    graph,
    directory,
    calls,
    serviceClocks,
    refusals,
    weather: () => weather,
    startInstance: (name, clockError = 0) => createInstance(name, clockError, surroundings),
    addActor: (actor) => void actors.push(actor),
    becalm: () => {
      weather = calm;
      timeline.note(() => '———  the faults end  ———');
    },
    step: async () => {
      const acted = actOnce();
      if (acted) await microtasks();
      return acted;
    },
  };
}

const isStalled = ({ owner }: Call) => owner.isStalled();

/**
 * Lets all that has become possible run until it waits for the scheduler again. Ticks are looked at when no microtask
 * is left (`processTicksAndRejections` in Node's lib/internal/process/task_queues.js); `setImmediate` would do too, and
 * asks the kernel for events each time.
 */
export function microtasks(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
