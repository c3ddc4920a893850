import type { Clock } from '../../src/shared/clock.ts';

export interface ManualClock extends Clock {
  /** Advances the time, running due callbacks on the way, each at its own moment; pending promises settle in between. */
  readonly pass: (milliseconds: number) => Promise<void>;
}

/** A clock that only advances when told to. */
export function createManualClock(startedAt = Date.UTC(2026, 0)): ManualClock {
  let now = 0;
  let timers: { readonly at: number; readonly run: () => void }[] = [];
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => startedAt + now,
    monotonic: () => now,
    after: (milliseconds, run) => {
      const timer = { at: now + milliseconds, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    turn: async () => void (await settle()),
    pass: async (milliseconds) => {
      const end = now + milliseconds;
      for (;;) {
        await settle();
        const due = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers = timers.filter((other) => other !== due);
        now = Math.max(now, due.at);
        due.run();
      }
      now = end;
    },
  };
}
