import { systemClock } from '../../shared/clock.ts';
import { type ConnectionLimiter, createConnectionLimiter } from './connection-limiter.ts';
import type { Acquired, AcquireOptions, LimiterClock } from './permit.ts';

/** Keeps the calls of each connection to the rate that Graph allows. */
export interface ConcurrencyLimiter {
  readonly acquire: (connectionId: string, options: AcquireOptions) => Promise<Acquired>;
}

/**
 * One limiter per connection, so that a throttled connection never holds up another. A 429 with `Retry-After` pauses its
 * connection for every waiting call. A call whose permit would come too late is refused at once: it is postponed and does
 * not occupy an invocation meanwhile.
 */
export function createConcurrencyLimiter(clock: LimiterClock = systemClock): ConcurrencyLimiter {
  const connections = new Map<string, ConnectionLimiter>();
  return {
    acquire: (connectionId, options) => {
      const key = connectionId.toLowerCase();
      let acquire = connections.get(key);
      if (acquire === undefined) {
        acquire = createConnectionLimiter(clock);
        connections.set(key, acquire);
      }
      return acquire(options);
    },
  };
}
