/** Lets calls that arrive during a run share its result instead of starting another. */
export function shareRunning<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => {
    running ??= run().finally(() => {
      running = null;
    });
    return running;
  };
}

/**
 * Lets callers share a run that starts after they have called: a caller that arrives during a run gets the next one,
 * because the current one may have missed a change since. However many callers, only one run is in progress at a time.
 */
export function shareNext<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  let next: Promise<T> | null = null;

  function begin(): Promise<T> {
    next = null;
    const begun = run();
    running = begun;
    const end = () => {
      running = null;
    };
    begun.then(end, end);
    return begun;
  }

  return () => {
    if (next !== null) return next;
    if (running === null) return begin();
    next = running.then(begin, begin);
    return next;
  };
}
