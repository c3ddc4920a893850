import { type Delivery, isLater } from '../../queue/delivery.ts';
import { isFinal, type Operation } from './operation.ts';

/** An operation as stored: the delivery it shows, and the deliveries that have ended. */
export interface StoredOperation {
  readonly operation: Operation;
  readonly delivery: Delivery;
  /** Ids of the deliveries that ended last: a message of one of them is a leftover copy. */
  readonly settled: readonly string[];
}

export interface Merged {
  /** What the table should hold now; null if it stays unchanged. */
  readonly write: StoredOperation | null;
  /** The end of this delivery had already been recorded. */
  readonly settledBefore: boolean;
}

/** How many ended deliveries an operation remembers. */
const maxSettled = 20;

/**
 * Merges a record about one delivery into what the table holds. An end, once shown, is never taken back, and the end
 * of every delivery is remembered, even if another delivery has replaced it.
 *
 *     shown \ recorded    same delivery                 later delivery    earlier delivery
 *     nothing             show                          show              show
 *     notStarted          show                          show              remember an end
 *     running             show, unless notStarted       show              remember an end
 *     succeeded, failed   keep                          show              remember an end
 *
 * A delivery of unknown time (its message was moved to the poison queue) counts as earlier than all others. Nothing
 * else will ever be recorded about it, so its end replaces any state that is not an end.
 */
export function mergeOperation(
  stored: StoredOperation | null,
  { operation, delivery }: Pick<StoredOperation, 'operation' | 'delivery'>,
): Merged {
  const ends = isFinal(operation);
  if (stored === null)
    return { write: { operation, delivery, settled: ends ? [delivery.id] : [] }, settledBefore: false };
  const shown = stored.operation;
  const isSame = stored.delivery.id === delivery.id;
  if (stored.settled.includes(delivery.id) || (isSame && isFinal(shown)))
    return { write: null, settledBefore: !isSameRecord(shown, operation) };
  const settled = ends ? [...stored.settled, delivery.id].slice(-maxSettled) : stored.settled;
  const isShown = isSame
    ? shown.status === 'notStarted' || operation.status !== 'notStarted'
    : isLater(delivery, stored.delivery) || (delivery.queuedAt === '' && ends && !isFinal(shown));
  if (!isShown) return { write: ends ? { ...stored, settled } : null, settledBefore: false };
  const { createdDateTime } = shown;
  return { write: { operation: { ...operation, createdDateTime }, delivery, settled }, settledBefore: false };
}

/** Our own write, retried because its response was lost. */
function isSameRecord(stored: Operation, next: Operation): boolean {
  return (
    stored.status === next.status &&
    stored.attempts === next.attempts &&
    stored.lastActionDateTime === next.lastActionDateTime
  );
}
