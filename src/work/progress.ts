import type { Clock } from '../shared/clock.ts';

export interface Progress<T> {
  /** Shows it at once where it has not been shown yet. */
  readonly show: () => Promise<T | null>;
  /** Shows it no more; resolves when what was under way has ended, with what came of it. */
  readonly stop: () => Promise<T | null>;
}

/**
 * Shows that work is under way when it has lasted for `after` milliseconds: what ends sooner costs no request that
 * nobody would have had the time to look at.
 */
export function startProgress<T>(
  showNow: () => Promise<T | null>,
  after: number,
  clock: Pick<Clock, 'after'>,
): Progress<T> {
  let showing: Promise<T | null> | null = null;
  const callOff = clock.after(after, () => void show());
  function show(): Promise<T | null> {
    callOff();
    showing ??= showNow();
    return showing;
  }
  return {
    show,
    stop: async () => {
      callOff();
      return showing;
    },
  };
}
