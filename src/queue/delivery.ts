/** One acceptance of a piece of work: a unique name, and its time (ISO 8601, UTC). */
export interface Delivery {
  readonly id: string;
  /** Empty if unknown: such a delivery is older than any other. */
  readonly queuedAt: string;
}

/** Milliseconds by which clocks may differ. */
const maxClockError = 86_400_000;

/** Milliseconds: older than any work that is still kept (the give-up age is a year at most). */
const maxAge = 400 * 86_400_000;

/** The order of deliveries: storage has times to the second, so equal ones are ordered by name. */
export function isLater(a: Delivery, b: Delivery): boolean {
  return a.queuedAt === b.queuedAt ? a.id > b.id : a.queuedAt > b.queuedAt;
}

/**
 * When work was first queued: not after its message was put on the queue, which storage reports as `insertedOn`, and
 * not longer ago than work is kept.
 */
export function readQueuedAt(claimed: unknown, insertedOn: unknown, now: number): string {
  const inserted = readTime(insertedOn);
  const isSane = inserted !== null && Math.abs(inserted - now) < maxAge && inserted - now < maxClockError;
  const latest = isSane ? inserted : now;
  const claim = readTime(claimed);
  const queuedAt = claim === null || latest - claim > maxAge ? latest : Math.min(claim, latest);
  return new Date(queuedAt).toISOString();
}

/** Milliseconds since 1970 from a value in trigger metadata or a message; null if it is not a time. */
export function readTime(value: unknown): number | null {
  if (typeof value !== 'string' && !(value instanceof Date)) return null;
  const time = new Date(value).getTime();
  return Number.isNaN(time) ? null : time;
}
