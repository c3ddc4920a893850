const MINIMUM_MS = 100;

/**
 * How long to wait after the nth empty poll in a row (0 = the first): exponential from 100 ms with some jitter, like the
 * host's RandomizedExponentialBackoffStrategy, up to the given maximum.
 */
export function pollingDelay(emptyPolls: number, maximumMs: number, random = Math.random): number {
  const growth = MINIMUM_MS * (2 ** Math.min(emptyPolls, 30) - 1) * (0.8 + 0.4 * random());
  return Math.min(MINIMUM_MS + growth, maximumMs);
}
