import { describe, expect, it } from 'vitest';
import { simulateLimiter } from '../../../../bench/limiter-simulation.ts';
import type { CallResult } from '../../../../src/graph/limiter/aimd-limit.ts';
import { createConcurrencyLimiter } from '../../../../src/graph/limiter/concurrency-limiter.ts';
import type { Acquired, AcquireOptions, Permit } from '../../../../src/graph/limiter/permit.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

const queued = { maxWait: 2_000, urgent: false };
const served = { kind: 'served', retryAfter: null } as const;

function permitOf(acquired: Acquired): Permit {
  if ('retryAfter' in acquired) throw new Error(`turned away for ${acquired.retryAfter} s`);
  return acquired;
}

describe('the limiter of a connection', () => {
  it('permits only a few calls at first and more with every one that is served', async () => {
    const clock = createManualClock();
    const limiter = createConcurrencyLimiter(clock);
    const first = await Promise.all([1, 2, 3, 4].map(() => limiter.acquire('a', queued)));
    let isPermitted = false;
    const fifth = limiter.acquire('a', queued).then((acquired) => {
      isPermitted = true;
      return acquired;
    });
    await Promise.resolve();
    expect(isPermitted).toBe(false);
    await clock.pass(50);
    permitOf(first[0] as Acquired).release(served);
    permitOf(await fifth);
  });

  it('pauses everybody who waits when Graph names a wait, until it is over', async () => {
    const clock = createManualClock();
    const limiter = createConcurrencyLimiter(clock);
    const permit = permitOf(await limiter.acquire('a', queued));
    await clock.pass(10);
    permit.release({ kind: 'throttled', retryAfter: 1.5 });
    let isPermitted = false;
    const waiting = limiter.acquire('a', queued).then((acquired) => {
      isPermitted = true;
      return acquired;
    });
    await clock.pass(1_499);
    await Promise.resolve();
    expect(isPermitted).toBe(false);
    await clock.pass(1);
    permitOf(await waiting);
  });

  it('turns a call away at once whose permit would come too late, and says when to come again', async () => {
    const clock = createManualClock();
    const limiter = createConcurrencyLimiter(clock);
    const permit = permitOf(await limiter.acquire('a', queued));
    await clock.pass(10);
    permit.release({ kind: 'throttled', retryAfter: 60 });
    expect(await limiter.acquire('a', queued)).toEqual({ retryAfter: 60 });
  });

  it('lets nobody probe within a wait that Graph names, a new caller neither, and nothing ends it early', async () => {
    const clock = createManualClock();
    const limiter = createConcurrencyLimiter(clock);
    const urgent = { maxWait: 8_000, urgent: true };
    const [throttled, other] = await Promise.all([1, 2].map(() => limiter.acquire('a', queued)));
    await clock.pass(10);
    permitOf(throttled as Acquired).release({ kind: 'throttled', retryAfter: 25 });
    await clock.pass(10);
    expect(await limiter.acquire('a', urgent)).toEqual({ retryAfter: 24.99 });
    permitOf(other as Acquired).release(served);
    expect(await limiter.acquire('a', urgent)).toEqual({ retryAfter: 24.99 });
    await clock.pass(24_989);
    const first = limiter.acquire('a', urgent);
    await clock.pass(1);
    permitOf(await first);
  });

  it('keeps a wait of an hour as well as one of a minute', async () => {
    const clock = createManualClock();
    const limiter = createConcurrencyLimiter(clock);
    permitOf(await limiter.acquire('a', queued)).release({ kind: 'failed', retryAfter: 3_600 });
    await clock.pass(600_000);
    expect(await limiter.acquire('a', { maxWait: 8_000, urgent: true })).toEqual({ retryAfter: 3_000 });
  });

  it('does not let one connection hold up another', async () => {
    const clock = createManualClock();
    const limiter = createConcurrencyLimiter(clock);
    const permit = permitOf(await limiter.acquire('a', queued));
    await clock.pass(10);
    permit.release({ kind: 'throttled', retryAfter: 60 });
    permitOf(await limiter.acquire('b', queued));
    expect(await limiter.acquire('A', queued)).toHaveProperty('retryAfter');
  });

  it('lets a waiting call go when its own time is up', async () => {
    const clock = createManualClock();
    const limiter = createConcurrencyLimiter(clock);
    for (let call = 0; call < 4; call += 1) permitOf(await limiter.acquire('a', queued));
    const own = new AbortController();
    const waiting = limiter.acquire('a', { ...queued, signal: own.signal });
    own.abort();
    expect(await waiting).toHaveProperty('retryAfter');
  });

  it('does not keep a call that was given up before it came', async () => {
    const limiter = createConcurrencyLimiter(createManualClock());
    for (let call = 0; call < 4; call += 1) permitOf(await limiter.acquire('a', queued));
    expect(await limiter.acquire('a', { ...queued, signal: AbortSignal.abort() })).toHaveProperty(
      'retryAfter',
    );
  });
});

describe('a connection with room for less than one call at a time', () => {
  /** A limiter that 429 after 429 has brought to the least that it can come to. */
  async function throttledLimiter() {
    const clock = createManualClock();
    const limiter = createConcurrencyLimiter(clock);
    const end = async (result: CallResult, duration: number) => {
      const permit = permitOf(await limiter.acquire('a', { maxWait: 0, urgent: false }));
      await clock.pass(duration);
      permit.release(result);
    };
    for (let call = 0; call < 60; call += 1) {
      await clock.pass(60_000);
      await end({ kind: 'throttled', retryAfter: null }, 5);
    }
    await clock.pass(60_000);
    return { clock, end, acquire: (options: AcquireOptions) => limiter.acquire('a', options) };
  }
  const urgent = { maxWait: 8_000, urgent: true };

  it('spaces its calls by what they take, not by how long a silent one was waited for', async () => {
    const { clock, end, acquire } = await throttledLimiter();
    await end({ kind: 'failed', retryAfter: null }, 10_000);
    const waiting = acquire({ maxWait: 8_000, urgent: false });
    await clock.pass(8_000);
    permitOf(await waiting);
  });

  it('never spaces them by more than half a minute, however slow Graph is', async () => {
    const { end, acquire } = await throttledLimiter();
    await end(served, 200_000);
    expect(await acquire(queued)).toEqual({ retryAfter: 30 });
  });

  it('sends one urgent call as a half-open probe that could not wait for its turn', async () => {
    const { end, acquire } = await throttledLimiter();
    await end(served, 200_000);
    permitOf(await acquire(urgent));
    expect(await acquire(urgent)).toHaveProperty('retryAfter');
    expect(await acquire(queued)).toHaveProperty('retryAfter');
  });
});

describe('a quiet connection', () => {
  it('is not slowed down by a 429 in a hundred that it did not cause', async () => {
    const clock = createManualClock();
    const limiter = createConcurrencyLimiter(clock);
    for (let call = 1; call < 10_000; call += 1) {
      const acquiring = limiter.acquire('a', { maxWait: 8_000, urgent: true });
      // The wait that the 429 before this one has named.
      if (call % 100 === 1) await clock.pass(1_000);
      const acquired = await acquiring;
      await clock.pass(40);
      permitOf(acquired).release(call % 100 === 0 ? { kind: 'throttled', retryAfter: 1 } : served);
      await clock.pass(30);
    }
    const together = await Promise.all(
      Array.from({ length: 4 }, () => limiter.acquire('a', { maxWait: 0, urgent: false })),
    );
    expect(together.filter((acquired) => 'release' in acquired)).toHaveLength(4);
  });
});

describe('the limiter in simulation, with 25 calls of 50 ms allowed', () => {
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
      const { goodput, wasted } = await simulateLimiter({ ...graph, workers, demand, retryAfter });
      expect(goodput).toBeGreaterThan(0.95);
      expect(wasted).toBeLessThan(0.01);
    },
  );

  it('one worker uses it although Graph now and then still counts a call that it has answered', async () => {
    const options = { ...graph, workers: 1, demand: 64, lingering: 0.002 };
    const { goodput, wasted } = await simulateLimiter(options);
    expect(goodput).toBeGreaterThan(0.97);
    expect(wasted).toBeLessThan(0.005);
  });

  it.each([40, 100])('%i workers, each with room for less than one call, still use it', async (workers) => {
    const { goodput, wasted } = await simulateLimiter({ ...graph, workers });
    expect(goodput).toBeGreaterThan(0.95);
    expect(wasted).toBeLessThan(0.06);
  });
});
