import type { Clock } from '../../shared/clock.ts';
import type { CallResult } from './aimd-limit.ts';

/** Permission to make one call; `release` must be called once, when the call has ended. */
export interface Permit {
  readonly release: (result: CallResult) => void;
}

export interface AcquireOptions {
  /** Milliseconds that the call may wait for its permit. */
  readonly maxWait: number;
  /** A caller is waiting: while our own spacing holds calls back, one such call at a time may go as a half-open probe. */
  readonly urgent: boolean;
  /** Ends the wait early. */
  readonly signal?: AbortSignal;
}

/** A permit, or `retryAfter`: seconds until a retry makes sense. */
export type Acquired = Permit | { readonly retryAfter: number };

export type LimiterClock = Pick<Clock, 'monotonic' | 'after'>;

/** A call that was not made: its connection has no permit for it soon enough. */
export class LimitReached extends Error {
  override readonly name = 'LimitReached';
  /** Seconds until a retry makes sense. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super(`no permit for ${retryAfter.toFixed(1)} s`);
    this.retryAfter = retryAfter;
  }
}
