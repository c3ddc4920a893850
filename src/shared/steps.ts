import type { Clock } from './clock.ts';

/**
 * A computation in steps. It yields wherever something else may have a turn of the event loop, at least every few
 * milliseconds of work, and depends on nothing that happens there.
 */
export type Steps<T> = Generator<void, T, void>;

/** How many entries of a list are one step: about a millisecond. */
export const stepLength = 100;

/**
 * Milliseconds of work after which something else gets its turn. A small request takes some ten turns, so it may be held up
 * ten times as long.
 */
const sliceLength = 3;

/** Runs all steps at once, where nothing else has to run meanwhile. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The result, with turns for everything else in between: 50,000 members take most of a second of processor time. */
export async function inTurns<T>(steps: Steps<T>, clock: Pick<Clock, 'monotonic' | 'turn'>): Promise<T> {
  let since = clock.monotonic();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (clock.monotonic() - since < sliceLength) continue;
    await clock.turn();
    since = clock.monotonic();
  }
}

/** The entries of a list, with a step after every {@link stepLength} of them. */
export function* forEachInSteps<T>(entries: Iterable<T>, visit: (entry: T) => void): Steps<void> {
  let count = 0;
  for (const entry of entries) {
    visit(entry);
    count += 1;
    if (count % stepLength === 0) yield;
  }
}
