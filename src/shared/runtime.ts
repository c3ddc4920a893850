import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from './clock.ts';

/** All that differs from one run to the next, time and chance: a port, so that a simulation can repeat a run. */
export interface Runtime {
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** An id that nobody else has. */
  readonly newId: () => string;
}

export const systemRuntime: Runtime = { clock: systemClock, random: Math.random, newId: () => randomUUID() };
