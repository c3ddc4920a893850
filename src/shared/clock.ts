/** Time as a port, so that a simulation can run days of it in milliseconds. */
export interface Clock {
  /** Milliseconds since 1970, as `Date.now`: may be wrong, and may jump. */
  readonly now: () => number;
  /** Milliseconds since some fixed moment, as `performance.now`: runs at the right speed and never goes back. */
  readonly monotonic: () => number;
  /** Calls back after this many milliseconds; returns a function that cancels it. */
  readonly after: (milliseconds: number, then: () => void) => () => void;
  /**
   * Resolves after everything that is ready has had its turn of the event loop. Of those who wait, one goes on a turn:
   * many long computations at once must not add up to one long block.
   */
  readonly turn: () => Promise<void>;
}

/** Milliseconds of others' work in a turn from which on they are given more of them, and how long. */
const others = { atWork: 0.3, pause: 2 };

/** Whoever answers a small request needs several turns: where others had work in one, the long computation waits a moment. */
function createTurns(): Clock['turn'] {
  const waiting: (() => void)[] = [];
  let askedAt = 0;
  function ask(): void {
    askedAt = performance.now();
    setImmediate(offer);
  }
  function offer(): void {
    if (performance.now() - askedAt < others.atWork) next();
    else setTimeout(next, others.pause);
  }
  function next(): void {
    waiting.shift()?.();
    if (waiting.length > 0) ask();
  }
  return () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) ask();
    });
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (milliseconds, then) => {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
  turn: createTurns(),
};
