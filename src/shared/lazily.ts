/** Creates a value on first use and keeps it; a failure is not kept, so that the next call tries again. */
export function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    if (made === undefined) {
      const making = make();
      made = making;
      making.catch(() => {
        if (made === making) made = undefined;
      });
    }
    return made;
  };
}

/** A function of something that loads with its first call. */
export function onFirstUse<T, A extends readonly unknown[], R>(
  load: () => Promise<T>,
  pick: (loaded: T) => (...given: A) => Promise<R>,
): (...given: A) => Promise<R> {
  return async (...given) => pick(await load())(...given);
}
