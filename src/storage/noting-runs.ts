import type { TimerRuns } from './timer-runs.ts';

export interface NotingOptions {
  readonly runs: Pick<TimerRuns, 'note'>;
  readonly now: () => number;
}

/** Runs a timer's work and notes the run; a note that cannot be written changes nothing about the work. */
export function notingRuns<A extends readonly unknown[]>(
  timer: string,
  work: (...given: A) => Promise<void>,
  { runs, now }: NotingOptions,
): (...given: A) => Promise<void> {
  const time = () => new Date(now()).toISOString();
  return async (...given) => {
    const beganDateTime = time();
    let succeeded = false;
    try {
      await work(...given);
      succeeded = true;
    } finally {
      const run = { timer, beganDateTime, endedDateTime: time(), succeeded };
      await runs.note(run).catch(() => undefined);
    }
  };
}
