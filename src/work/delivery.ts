/** One acceptance of a piece of work: a name that no two share, and when it was (ISO 8601, UTC). */
export interface Delivery {
  readonly id: string;
  /** Empty where it is not known: such a delivery is older than any other. */
  readonly queuedAt: string;
}

/** Milliseconds that clocks may disagree. */
const maxClockError = 86_400_000;

/** Milliseconds: older than any work that is still kept (the give-up age is a year at most). */
const maxAge = 400 * 86_400_000;

/** The order of deliveries: storage tells times to the second, so that equal ones are put in order by their names. */
export function isLater(a: Delivery, b: Delivery): boolean {
  return a.queuedAt === b.queuedAt ? a.id > b.id : a.queuedAt > b.queuedAt;
}

/**
 * When work was first queued. Nothing was queued after the message that says so was put on the queue, which
 * `insertedOn` of storage tells, nor longer ago than work is kept.
 */
export function readQueuedAt(claimed: unknown, insertedOn: unknown, now: number): string {
  const inserted = readTime(insertedOn);
  const isSane = inserted !== null && Math.abs(inserted - now) < maxAge && inserted - now < maxClockError;
  const latest = isSane ? inserted : now;
  const claim = readTime(claimed);
  const queuedAt = claim === null || latest - claim > maxAge ? latest : Math.min(claim, latest);
  return new Date(queuedAt).toISOString();
}

/** Milliseconds since 1970 from whatever trigger metadata or a message has; null where it is no time. */
export function readTime(value: unknown): number | null {
  if (typeof value !== 'string' && !(value instanceof Date)) return null;
  const time = new Date(value).getTime();
  return Number.isNaN(time) ? null : time;
}
