/** Signals waiting to be sent: at most `capacity`; the oldest are dropped in favour of the newest. */
export interface Outbox<T> {
  readonly size: () => number;
  readonly push: (item: T) => void;
  /** Takes out the oldest, at most this many. */
  readonly take: (most: number) => readonly T[];
  /** How many have been dropped so far. */
  readonly dropped: () => number;
  /** Drops everything. */
  readonly clear: () => void;
}

export function createOutbox<T>(capacity: number): Outbox<T> {
  // A ring, because an array's shift() moves all remaining entries, with every signal once it is full.
  let ring: (T | undefined)[] = [];
  let first = 0;
  let size = 0;
  let dropped = 0;
  return {
    size: () => size,
    push: (item) => {
      ring[(first + size) % capacity] = item;
      if (size < capacity) {
        size += 1;
        return;
      }
      first = (first + 1) % capacity;
      dropped += 1;
    },
    take: (most) => {
      const taken: T[] = [];
      while (taken.length < most && size > 0) {
        const item = ring[first];
        ring[first] = undefined;
        first = (first + 1) % capacity;
        size -= 1;
        if (item !== undefined) taken.push(item);
      }
      return taken;
    },
    dropped: () => dropped,
    clear: () => {
      dropped += size;
      ring = [];
      first = 0;
      size = 0;
    },
  };
}
