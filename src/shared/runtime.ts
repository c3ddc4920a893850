import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from './clock.ts';

/** Everything that differs from run to run (time and randomness) as a port, so that a simulation can repeat a run. */
export interface Runtime {
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** A unique id. */
  readonly newId: () => string;
}

export const systemRuntime: Runtime = { clock: systemClock, random: Math.random, newId: () => randomUUID() };
