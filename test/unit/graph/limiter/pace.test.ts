import { describe, expect, it } from 'vitest';
import { simulatePace } from '../../../../bench/pace-simulation.ts';
import { createPace } from '../../../../src/graph/limiter/pace.ts';
import type { Entered, PaceClock, Permit } from '../../../../src/graph/limiter/permit.ts';

/** Time that only moves when told to. */
function handClock() {
  let now = 1_000;
  let timers: { at: number; run: () => void }[] = [];
  const clock: PaceClock = {
    now: () => now,
    after: (milliseconds, run) => {
      const timer = { at: now + milliseconds, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  };
  const pass = (milliseconds: number) => {
    now += milliseconds;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { run } of due) run();
  };
  return { clock, pass };
}

const queued = { patience: 2_000, urgent: false };
const served = { kind: 'served', retryAfter: null } as const;

function permitOf(entered: Entered): Permit {
  if ('tooLong' in entered) throw new Error(`sent away for ${entered.tooLong} s`);
  return entered;
}

describe('the pace of a connection', () => {
  it('lets only a few in at first and more with every call that is served', async () => {
    const { clock, pass } = handClock();
    const pace = createPace(clock);
    const first = await Promise.all([1, 2, 3, 4].map(() => pace.enter('a', queued)));
    let fifthIsIn = false;
    const fifth = pace.enter('a', queued).then((entered) => {
      fifthIsIn = true;
      return entered;
    });
    await Promise.resolve();
    expect(fifthIsIn).toBe(false);
    pass(50);
    permitOf(first[0] as Entered).leave(served);
    permitOf(await fifth);
  });

  it('closes for everybody who waits when Graph names a wait, and opens when it is over', async () => {
    const { clock, pass } = handClock();
    const pace = createPace(clock);
    const permit = permitOf(await pace.enter('a', queued));
    pass(10);
    permit.leave({ kind: 'throttled', retryAfter: 1.5 });
    let isIn = false;
    const waiting = pace.enter('a', queued).then((entered) => {
      isIn = true;
      return entered;
    });
    pass(1_499);
    await Promise.resolve();
    expect(isIn).toBe(false);
    pass(1);
    permitOf(await waiting);
  });

  it('sends a call away at once whose turn would come too late, and says when to come again', async () => {
    const { clock, pass } = handClock();
    const pace = createPace(clock);
    const permit = permitOf(await pace.enter('a', queued));
    pass(10);
    permit.leave({ kind: 'throttled', retryAfter: 60 });
    expect(await pace.enter('a', queued)).toEqual({ tooLong: 60 });
  });

  it('lets one urgent call at a time try a closed gate, and opens it when that call is served', async () => {
    const { clock, pass } = handClock();
    const pace = createPace(clock);
    const urgent = { patience: 8_000, urgent: true };
    const permit = permitOf(await pace.enter('a', queued));
    pass(10);
    permit.leave({ kind: 'throttled', retryAfter: 60 });
    pass(10);
    const trial = permitOf(await pace.enter('a', urgent));
    expect(await pace.enter('a', urgent)).toHaveProperty('tooLong');
    pass(50);
    trial.leave(served);
    permitOf(await pace.enter('a', queued));
  });

  it('does not let one connection hold up another', async () => {
    const { clock, pass } = handClock();
    const pace = createPace(clock);
    const permit = permitOf(await pace.enter('a', queued));
    pass(10);
    permit.leave({ kind: 'throttled', retryAfter: 60 });
    permitOf(await pace.enter('b', queued));
    expect(await pace.enter('A', queued)).toHaveProperty('tooLong');
  });

  it('lets a waiting call go when its own time is up', async () => {
    const { clock } = handClock();
    const pace = createPace(clock);
    for (let entered = 0; entered < 4; entered += 1) permitOf(await pace.enter('a', queued));
    const own = new AbortController();
    const waiting = pace.enter('a', { ...queued, signal: own.signal });
    own.abort();
    expect(await waiting).toHaveProperty('tooLong');
  });
});

describe('a quiet connection', () => {
  it('is not ground down by a 429 in a hundred that it did not cause', async () => {
    const { clock, pass } = handClock();
    const pace = createPace(clock);
    for (let call = 1; call < 10_000; call += 1) {
      const entered = await pace.enter('a', { patience: 8_000, urgent: true });
      pass(40);
      permitOf(entered).leave(call % 100 === 0 ? { kind: 'throttled', retryAfter: 1 } : served);
      pass(30);
    }
    const together = await Promise.all(
      Array.from({ length: 4 }, () => pace.enter('a', { patience: 0, urgent: false })),
    );
    expect(together.filter((entered) => 'leave' in entered)).toHaveLength(4);
  });
});

describe('the pace in simulation, with 25 calls of 50 ms allowed', () => {
  const graph = { allowed: 25, latency: 50, retryAfter: null, seconds: 70, warmUp: 10, demand: 24 };

  it.each([
    [1, 40, null],
    [1, 40, 1],
    [4, 24, null],
    [4, 24, 1],
    [10, 24, null],
  ])(
    '%i workers that want %i at once (Retry-After %s) use it and waste little',
    async (workers, demand, retryAfter) => {
      const { goodput, wasted } = await simulatePace({ ...graph, workers, demand, retryAfter });
      expect(goodput).toBeGreaterThan(0.95);
      expect(wasted).toBeLessThan(0.01);
    },
  );

  it.each([40, 100])('%i workers, each with room for less than one call, still use it', async (workers) => {
    const { goodput, wasted } = await simulatePace({ ...graph, workers });
    expect(goodput).toBeGreaterThan(0.95);
    expect(wasted).toBeLessThan(0.06);
  });
});
