import { type Delivery, isLater } from '../../queue/delivery.ts';
import { isFinal, type Operation } from './operation.ts';

/** An operation as stored, and the delivery that it shows. */
export interface StoredOperation {
  readonly operation: Operation;
  readonly delivery: Delivery;
}

interface Merged {
  /** What the table should hold now; null if it stays unchanged. */
  readonly write: StoredOperation | null;
  /** This delivery had already been recorded as succeeded. */
  readonly succeededBefore: boolean;
}

/**
 * Merges a record about one delivery into what the table holds. It decides what a caller sees, never whether work is
 * done. A success replaces all else: the group is there, and what is earlier is told by clocks that may differ. Otherwise
 * the latest delivery is shown, and its end is not taken back.
 *
 *     shown \ recorded    same delivery            later delivery    earlier delivery
 *     nothing             show                     show              show
 *     notStarted          show                     show              show a success
 *     running             show, unless notStarted  show              show a success
 *     failed              show a success           show              show a success
 *     succeeded           keep                     show              keep
 *
 * A delivery of unknown time (its message was moved to the poison queue) counts as earlier than all others. Nothing
 * else will ever be recorded about it, so its end replaces any state that is not an end.
 */
export function mergeOperation(stored: StoredOperation | null, next: StoredOperation): Merged {
  if (stored === null) return { write: next, succeededBefore: false };
  const { operation, delivery } = next;
  const shown = stored.operation;
  const isSame = stored.delivery.id === delivery.id;
  const succeededBefore = isSame && shown.status === 'succeeded' && !isSameRecord(shown, operation);
  const isShown =
    (shown.status !== 'succeeded' && operation.status === 'succeeded') ||
    (isSame ? isFurther(shown, operation) : takesPlace(stored, next));
  if (!isShown) return { write: null, succeededBefore };
  const { createdDateTime } = shown;
  return { write: { operation: { ...operation, createdDateTime }, delivery }, succeededBefore };
}

function isFurther(shown: Operation, next: Operation): boolean {
  return !isFinal(shown) && (shown.status === 'notStarted' || next.status !== 'notStarted');
}

function takesPlace(stored: StoredOperation, { operation, delivery }: StoredOperation): boolean {
  const endsUnknown = delivery.queuedAt === '' && isFinal(operation) && !isFinal(stored.operation);
  return endsUnknown || isLater(delivery, stored.delivery);
}

/** Our own write, retried because its response was lost. */
function isSameRecord(stored: Operation, next: Operation): boolean {
  return (
    stored.status === next.status &&
    stored.attempts === next.attempts &&
    stored.lastActionDateTime === next.lastActionDateTime
  );
}
