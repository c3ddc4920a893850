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
