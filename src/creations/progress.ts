import type { Clock } from '../shared/clock.ts';

export interface Progress<T> {
  /** Shows it at once if it has not been shown yet. */
  readonly show: () => Promise<T | null>;
  /** Stops showing it; resolves with the result once a request in progress has ended. */
  readonly stop: () => Promise<T | null>;
}

/**
 * Shows that work is running once it has lasted for `after` milliseconds: shorter work costs no request that nobody
 * would have had time to look at.
 */
export function startProgress<T>(
  showNow: () => Promise<T | null>,
  after: number,
  clock: Pick<Clock, 'after'>,
): Progress<T> {
  let showing: Promise<T | null> | null = null;
  const cancel = clock.after(after, () => void show());
  function show(): Promise<T | null> {
    cancel();
    showing ??= showNow();
    return showing;
  }
  return {
    show,
    stop: async () => {
      cancel();
      return showing;
    },
  };
}
