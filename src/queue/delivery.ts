/** One acceptance of queued work: a unique name, and its time (ISO 8601, UTC). */
export interface Delivery {
  readonly id: string;
  /** Empty if unknown: such a delivery is older than any other. */
  readonly queuedAt: string;
}

/** The order of deliveries: storage has times to the second, so equal ones are ordered by name. */
export function isLater(a: Delivery, b: Delivery): boolean {
  return a.queuedAt === b.queuedAt ? a.id > b.id : a.queuedAt > b.queuedAt;
}

/** Storage shows times in whole seconds, rounded down: what it took may be younger by this many milliseconds. */
export const tick = 1_000;

/** A time that a message claims, by the clock of the queue: no message was queued after its own insertion. */
export function claimedTime(claim: number, insertedOn: number): number {
  return Math.min(claim, insertedOn + tick - 1);
}

/** Milliseconds since 1970 from a value in trigger metadata or a message; null if it is not a time. */
export function readTime(value: unknown): number | null {
  if (typeof value !== 'string' && !(value instanceof Date)) return null;
  const time = new Date(value).getTime();
  return Number.isNaN(time) ? null : time;
}

/** The time as messages and letters have it: ISO 8601, UTC. */
export function toText(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
