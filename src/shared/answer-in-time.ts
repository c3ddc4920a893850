import type { Clock } from './clock.ts';

/**
 * The promise to callers: an answer within the deadline (`GRAPH_DEADLINE`, or less if they prefer that) and this many
 * milliseconds, whatever Graph, identity and storage do. Everything that a caller waits for takes its bound from here.
 */
const afterDeadline = 2_000;

/** Milliseconds after the deadline in which work may still end; after that, it is answered without its result. */
export const graceOfAnswer = afterDeadline - 200;

/** Milliseconds after the deadline in which work reports what is known of it, so that the answer can be more than 503. */
export const graceOfWork = afterDeadline - 500;

/** The deadline of one caller in milliseconds: the app's, or the caller's own if that is shorter (`Prefer: wait=n`). */
export function deadlineFor(graphDeadline: number, wait: number | null): number {
  return Math.min(graphDeadline, wait ?? Number.POSITIVE_INFINITY);
}

/** The result of work, or a `TimeoutError` if it takes longer than this many milliseconds; it continues, and its result is ignored. */
export async function inTime<T>(
  milliseconds: number,
  work: Promise<T>,
  clock: Pick<Clock, 'after'>,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const cancel = clock.after(milliseconds, () =>
    late.reject(new DOMException(`no answer within ${milliseconds} ms`, 'TimeoutError')),
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    cancel();
    work.catch(() => undefined);
  }
}
