import type { Clock } from '../../../src/shared/clock.ts';
import type { CallSpec, Calls } from './calls.ts';
import { createDirectoryPort, type DirectoryPort } from './directory-port.ts';
import type { DirectoryService } from './directory-service.ts';
import { createGraphPort, type GraphPort, type GraphRefusals } from './graph-port.ts';
import type { GraphReply, GraphService } from './graph-service.ts';
import type { Prng } from './prng.ts';
import { createQueuePort, type QueuePort } from './queue-port.ts';
import type { QueueService } from './queue-service.ts';
import type { ServiceClocks } from './service-clocks.ts';
import { createTablePort, type TablePort } from './table-port.ts';
import type { TableService } from './table-service.ts';
import type { Owner, VirtualTime } from './virtual-time.ts';

/** One process: its calls, its view of the time, and that it may end at any moment. */
export interface Instance extends Owner {
  readonly clock: Clock;
  readonly queue: QueuePort;
  readonly table: TablePort;
  readonly graph: GraphPort;
  readonly directory: DirectoryPort;
  readonly random: () => number;
  /** Ids that repeat with the seed, unlike `randomUUID`. */
  readonly newId: () => string;
  /** All its promises are dropped for good; what it has sent may still take effect. */
  readonly crash: () => void;
  /** It gets no processor until it goes on; what it has sent is under way for so long. */
  readonly stall: () => void;
  readonly goOn: () => void;
  /** Its wall clock jumps by so many milliseconds. */
  readonly jumpClock: (by: number) => void;
}

export interface Surroundings extends GraphRefusals {
  readonly prng: Prng;
  readonly time: VirtualTime;
  readonly calls: Calls;
  readonly queues: QueueService;
  readonly tables: TableService;
  readonly graph: GraphService;
  readonly directory: DirectoryService;
  readonly directoryRefusal: () => GraphReply;
  readonly serviceClocks: ServiceClocks;
}

/** `startError`: milliseconds that the wall clock of this process is ahead of the truth when it starts. */
export function createInstance(name: string, startError: number, surroundings: Surroundings): Instance {
  const { prng, time, calls, queues, tables, graph, directory, serviceClocks } = surroundings;
  let alive = true;
  let stalled = false;
  let clockError = startError;
  let ids = 0;
  const startedAt = time.now();
  const owner: Owner = { name, isAlive: () => alive, isStalled: () => stalled };
  const begin = <T>(spec: CallSpec<T>) => calls.begin(owner, spec);

  return {
    ...owner,
    clock: {
      now: () => Math.floor(time.now() + clockError),
      monotonic: () => time.now() - startedAt,
      after: (milliseconds, then) => time.after(owner, milliseconds, then),
      turn: () => Promise.resolve(),
    },
    random: prng.next,
    newId: () => {
      ids += 1;
      return `${name}-${ids}`;
    },
    queue: createQueuePort(begin, queues, surroundings.coin),
    table: createTablePort(begin, tables, { now: serviceClocks.ofTable, coin: surroundings.coin }),
    graph: createGraphPort(begin, graph, surroundings),
    directory: createDirectoryPort(begin, directory, surroundings.directoryRefusal),
    stall: () => {
      stalled = true;
    },
    goOn: () => {
      stalled = false;
    },
    jumpClock: (by) => {
      clockError += by;
    },
    crash: () => {
      alive = false;
      time.dropTimersOf(owner);
      calls.dropCallsOf(owner);
    },
  };
}
