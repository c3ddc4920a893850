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

function createTurns(): Clock['turn'] {
  const waiting: (() => void)[] = [];
  function next(): void {
    waiting.shift()?.();
    if (waiting.length > 0) setImmediate(next);
  }
  return () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) setImmediate(next);
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
