export interface RequestLimiter {
  /** A release function once the request may run, or undefined if the host is full and must answer 429. */
  enter(): Promise<(() => void) | undefined>;
}

/**
 * host.json's `maxConcurrentRequests` (running; the rest waits) and `maxOutstandingRequests` (running and waiting
 * together; the rest is refused); -1 means no limit.
 */
export function createRequestLimiter(maxConcurrent: number, maxOutstanding: number): RequestLimiter {
  const waiting: (() => void)[] = [];
  let running = 0;

  function release(): void {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }

  return {
    async enter() {
      if (maxOutstanding >= 0 && running + waiting.length >= maxOutstanding) return undefined;
      if (maxConcurrent >= 0 && running >= maxConcurrent) {
        await new Promise<void>((resolve) => waiting.push(resolve));
      } else {
        running++;
      }
      return release;
    },
  };
}
