/** Time as a use case sees it: a port, so that a simulation can run days of it in milliseconds. */
export interface Clock {
  /** Milliseconds since 1970, as `Date.now`: may be wrong, and may jump. */
  readonly now: () => number;
  /** Milliseconds since some fixed moment, as `performance.now`: runs at the right speed and never back. */
  readonly monotonic: () => number;
  /** Calls back after so many milliseconds; gives the way to call it off. */
  readonly after: (milliseconds: number, then: () => void) => () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (milliseconds, then) => {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
};
