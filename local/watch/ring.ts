/** A bounded list: the newest `capacity` entries, oldest first. */
export interface Ring<T> {
  push(entry: T): void;
  /** A copy of what is kept, oldest first. */
  entries(): T[];
  /** How many were ever pushed, including dropped ones. */
  total(): number;
  clear(): void;
}

/** Keeps the newest entries in constant memory; pushing is O(1) whatever the capacity. */
export function createRing<T>(capacity: number): Ring<T> {
  let slots: T[] = [];
  let next = 0;
  let total = 0;
  return {
    push(entry) {
      slots[next] = entry;
      next = (next + 1) % capacity;
      total += 1;
    },
    entries: () => (total <= capacity ? slots.slice() : [...slots.slice(next), ...slots.slice(0, next)]),
    total: () => total,
    clear() {
      slots = [];
      next = 0;
      total = 0;
    },
  };
}
