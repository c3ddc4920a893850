import { type Clock, systemClock } from './clock.ts';

/** Milliseconds that work has, after its signal, to end by itself and report its result. */
export const grace = 250;

/**
 * Runs work with a signal that aborts when the time is up. Work that ignores the signal is abandoned with a
 * `TimeoutError`, so the limit holds whatever a library does. Unlike `AbortSignal.timeout`, which keeps its timer and
 * all listeners until the time is up, this releases both when the work ends: at a few hundred calls a second with ten
 * seconds each, that is a tenth of the throughput.
 */
export async function within<T>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
  clock: Pick<Clock, 'after'> = systemClock,
): Promise<T> {
  const controller = new AbortController();
  const { promise: leftBehind, reject } = Promise.withResolvers<never>();
  let cancel = clock.after(milliseconds, () => {
    const timeUp = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    cancel = clock.after(grace, () => reject(timeUp));
    controller.abort(timeUp);
  });
  try {
    return await Promise.race([work(controller.signal), leftBehind]);
  } finally {
    cancel();
  }
}
