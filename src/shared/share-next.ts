/**
 * Lets callers share a run that begins after they have come: whoever comes while one is under way gets the next, as it
 * might have looked already at what has changed since. However many come, one run is under way at a time.
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
