import type { CallEnd } from './adaptive-limit.ts';

/** Leave to make one call; `leave` must be called once, when the call has ended. */
export interface Permit {
  readonly leave: (end: CallEnd) => void;
}

export interface EnterOptions {
  /** Milliseconds that the call may wait for its turn. */
  readonly patience: number;
  /** Somebody waits for the answer: while the gate is closed, one such call at a time may try all the same. */
  readonly urgent: boolean;
  /** Ends the wait early. */
  readonly signal?: AbortSignal;
}

export type Entered = Permit | { readonly tooLong: number };

export interface PaceClock {
  readonly now: () => number;
  /** Calls back after so many milliseconds; gives the way to call it off. */
  readonly after: (milliseconds: number, then: () => void) => () => void;
}
