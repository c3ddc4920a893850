import type { SentMessage } from '../storage/queues.ts';
import { isResting } from './core/progress.ts';
import type { SealedState } from './core/state.ts';
import { timing } from './core/timing.ts';
import type { StoredHead } from './ledger-store.ts';
import type { LedgerPorts } from './ports.ts';

interface CommitOptions {
  /** Milliseconds until the look is seen. */
  readonly delay: number;
  /** Milliseconds that one use of storage may take. */
  readonly within: () => number;
  /** The state declares the group absent: from the moment, by the clock of the queue, at which the look was sent. */
  readonly isDeletion?: boolean;
}

interface Committed {
  readonly written: StoredHead;
  /** The look at what was written; null: nothing is left to do. */
  readonly look: SentMessage | null;
}

/**
 * Writes a state of a group over what was read: first the next look is sent, then, if that did not take too long, the state
 * that names it is written. So there is a look at every state that is not at rest, whatever crashes in between. Null: nothing
 * was written, because another writer was first or the look is too old by now: read again.
 */
export async function commit(
  { store, looks, clock }: Pick<LedgerPorts, 'store' | 'looks' | 'clock'>,
  before: StoredHead | null,
  state: SealedState,
  { delay, within, isDeletion = false }: CommitOptions,
): Promise<Committed | null> {
  const isAtRest = isResting(state.head);
  if (isAtRest && !isDeletion) {
    const written = await store.write(before, state, within());
    return written === null ? null : { written, look: null };
  }
  const { connectionId, groupId } = state.head;
  const look = state.head.look + 1;
  const sentAt = clock.monotonic();
  const message = { connectionId, groupId, look };
  // A host that is killed with a message in its hands hides it for the trigger's lease of ten minutes (QueueListener of the
  // storage extension): the copy is seen within a minute, and dropped if the first was worked.
  if (delay === 0 && !isAtRest) await looks.send(message, timing.lookAfter, within());
  const receipt = await looks.send(message, delay, within());
  // A look that the ledger does not know yet is dropped after a while: the write must not come later than that.
  if (clock.monotonic() - sentAt > timing.fresh) return null;
  const deleted = isDeletion ? { deletedAt: receipt.insertedOn } : {};
  const named = { ...state, head: { ...state.head, look, ...deleted } };
  const written = await store.write(before, named, within());
  if (written === null) return null;
  if (!isAtRest) return { written, look: receipt };
  await dropLook(looks, receipt, within());
  return { written, look: null };
}

/** Deletes a look that is not needed. If it is left behind, it is dropped when it is seen, at the cost of a read. */
export async function dropLook(
  looks: LedgerPorts['looks'],
  receipt: SentMessage,
  within: number,
): Promise<void> {
  await looks.remove(receipt, within).catch(() => undefined);
}
