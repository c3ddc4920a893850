import { createGate, type Gate } from './gate.ts';
import type { Entered, EnterOptions, PaceClock } from './permit.ts';

/** Keeps the calls of each connection to the rate that Graph allows. */
export interface Pace {
  /** A permit, or `tooLong`: the seconds after which asking again makes sense. */
  readonly enter: (connectionId: string, options: EnterOptions) => Promise<Entered>;
}

const realClock: PaceClock = {
  now: Date.now,
  after: (milliseconds, then) => {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
};

/**
 * One gate a connection, so that a throttled connection never holds up another. A 429 with `Retry-After` closes its
 * gate for every call that waits there. A call whose turn would come too late is sent away at once: it is postponed
 * and does not hold an invocation meanwhile.
 */
export function createPace(clock: PaceClock = realClock): Pace {
  const gates = new Map<string, Gate>();
  return {
    enter: (connectionId, options) => {
      const key = connectionId.toLowerCase();
      let gate = gates.get(key);
      if (gate === undefined) {
        gate = createGate(clock);
        gates.set(key, gate);
      }
      return gate(options);
    },
  };
}

/** A call that was not made: the pace of its connection has no turn for it soon. */
export class OutOfPace extends Error {
  override readonly name = 'OutOfPace';
  /** Seconds after which asking again makes sense. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super(`no turn within ${retryAfter.toFixed(1)} s`);
    this.retryAfter = retryAfter;
  }
}
