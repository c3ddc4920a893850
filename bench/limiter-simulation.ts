import { createConcurrencyLimiter } from '../src/graph/limiter/concurrency-limiter.ts';
import type { LimiterClock } from '../src/graph/limiter/permit.ts';

export interface SimulationOptions {
  readonly workers: number;
  /** Calls that each worker wants to have in flight. */
  readonly demand: number;
  /** What Graph allows in total, and the duration of a call, in milliseconds. */
  readonly allowed: number;
  readonly latency: number;
  /** The share of calls that Graph counts for a moment (2 ms at most) after it has answered them; 0 unless given. */
  readonly lingering?: number;
  /** `Retry-After` of a 429, in seconds; null: none. */
  readonly retryAfter: number | null;
  readonly seconds: number;
  /** Seconds of warm-up that do not count. */
  readonly warmUp?: number;
}

export interface SimulationResult {
  /** Served calls as a share of what Graph would have allowed. */
  readonly goodput: number;
  /** Calls answered 429 as a share of all calls. */
  readonly wasted: number;
  /** Calls that the limiter refused, unsent. */
  readonly postponed: number;
  /** The least and the most that one worker was served, relative to an equal share. */
  readonly fairness: readonly [number, number];
}

/** Runs the real limiters of many workers against a numeric model of Graph, in virtual time. */
export async function simulateLimiter(options: SimulationOptions): Promise<SimulationResult> {
  const { workers, demand, allowed, latency, retryAfter, seconds, lingering = 0, warmUp = 0 } = options;
  const time = createVirtualTime(seconds * 1000);
  const random = createRandom(42);
  let inFlight = 0;
  let served = 0;
  let throttled = 0;
  let postponed = 0;
  const perWorker = new Array<number>(workers).fill(0);
  const counts = () => time.clock.monotonic() >= warmUp * 1000;

  async function call(): Promise<boolean> {
    if (inFlight >= allowed) {
      await time.sleep(1);
      return false;
    }
    inFlight += 1;
    await time.sleep(latency * (0.8 + 0.4 * random()));
    if (lingering > 0 && random() < lingering) void linger();
    else inFlight -= 1;
    return true;
  }

  async function linger(): Promise<void> {
    await time.sleep(2 * random());
    inFlight -= 1;
  }

  async function work(worker: number, limiter: ReturnType<typeof createConcurrencyLimiter>): Promise<void> {
    await time.sleep(random() * 100);
    for (;;) {
      const acquired = await limiter.acquire('contosohr', { maxWait: 2_000, urgent: false });
      if ('retryAfter' in acquired) {
        if (counts()) postponed += 1;
        await time.sleep(Math.ceil(acquired.retryAfter) * 1000 + random() * 1000);
        continue;
      }
      const isServed = await call();
      acquired.release(isServed ? { kind: 'served', retryAfter: null } : { kind: 'throttled', retryAfter });
      if (counts() && isServed) {
        served += 1;
        perWorker[worker] = (perWorker[worker] ?? 0) + 1;
      }
      if (counts() && !isServed) throttled += 1;
      // Dropped: in the product it would be a message with a delay.
      if (!isServed) await time.sleep(2_000 * (0.5 + random() / 2));
    }
  }

  for (let worker = 0; worker < workers; worker += 1) {
    const limiter = createConcurrencyLimiter(time.clock);
    for (let slot = 0; slot < demand; slot += 1) void work(worker, limiter);
  }
  await time.run();
  const possible = ((allowed * 1000) / latency) * (seconds - warmUp);
  const equal = served / workers;
  return {
    goodput: served / possible,
    wasted: throttled / (served + throttled),
    postponed,
    fairness: [Math.min(...perWorker) / equal, Math.max(...perWorker) / equal],
  };
}

function createVirtualTime(end: number) {
  const queue: { at: number; order: number; run: () => void }[] = [];
  let now = 0;
  let order = 0;
  /** Latest first, so that the next one is popped. */
  const insert = (entry: (typeof queue)[number]) => {
    let low = 0;
    let high = queue.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = queue[middle];
      if (
        other !== undefined &&
        (other.at > entry.at || (other.at === entry.at && other.order > entry.order))
      )
        low = middle + 1;
      else high = middle;
    }
    queue.splice(low, 0, entry);
  };
  const after: LimiterClock['after'] = (milliseconds, then) => {
    const entry = { at: now + Math.max(0, milliseconds), order: order++, run: then };
    insert(entry);
    return () => {
      entry.run = () => undefined;
    };
  };
  return {
    clock: { monotonic: () => now, after },
    sleep: (milliseconds: number) => new Promise<void>((resolve) => void after(milliseconds, resolve)),
    run: async () => {
      for (let next = queue.pop(); next !== undefined && next.at <= end; next = queue.pop()) {
        now = next.at;
        next.run();
        // Lets every settled promise run before the time advances.
        await new Promise(setImmediate);
      }
    },
  };
}

/** Mulberry32: the same numbers in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
