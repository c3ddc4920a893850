import type { Operations } from '../../src/creations/operations/operations.ts';
import { claimedTime } from '../../src/queue/delivery.ts';
import { storageWithin } from '../../src/storage/bounds.ts';
import type { Send } from '../../src/storage/queues.ts';
import { explainError } from '../explain-error.ts';
import type { DeadLetterQueue, LeasedMessage } from './dead-letter-queue.ts';
import type { Letter } from './letter.ts';
import { deliveryOf, type Mark, markedText } from './marker.ts';
import { type Revival, refusalOf } from './revival.ts';

export type RedriveResult =
  /** Under `--dry-run`: it could be redriven. */
  | { readonly result: 'planned' }
  | { readonly result: 'redriven'; readonly warning?: string }
  /** An earlier run had sent the message and was interrupted before deleting the letter. */
  | { readonly result: 'finished' }
  /** `skipped`: superseded by a deletion; redriving it would do nothing. */
  | { readonly result: 'refused' | 'skipped' | 'failed'; readonly reason: string };

interface RedriveDependencies {
  readonly queue: Pick<DeadLetterQueue, 'rewrite' | 'giveBack' | 'remove'>;
  readonly send: Send;
  readonly operations: Pick<Operations, 'record' | 'isShown'>;
  readonly markFor: (letter: Letter) => Mark;
  /** Seconds. */
  readonly lease: number;
}

export type RedriveLetter = (letter: Letter, leased: LeasedMessage) => Promise<RedriveResult>;

/**
 * Sends a letter's message back to the work queue. Nothing is lost and nothing becomes two deliveries:
 *
 *     1 mark the letter     with the delivery that the message will be; the mark is kept in the queue itself
 *     2 send the message    as that delivery
 *     3 record notStarted   so that the operation no longer reads "failed"
 *     4 delete the letter
 *
 *     crash after 1    nothing was sent; the next run sends the same delivery
 *     crash after 2    the next run sends a copy of it, which finds the group made;
 *                      if the worker has started meanwhile, the table shows it and no copy is sent
 *     crash after 3    the table shows the delivery: the next run only deletes the letter
 *     two operators    the lease's receipt guards 1 and 4: the second one is told that the letter is taken
 */
export function createRedriveLetter(dependencies: RedriveDependencies): RedriveLetter {
  const { queue, send, operations, markFor, lease } = dependencies;

  return async function redriveLetter(letter, leased) {
    const { revival, content } = letter;
    if ('obstacle' in revival) return refusalOf(revival);
    if (content === null) return { result: 'refused', reason: 'it is empty' };
    const mark = markFor(letter);
    const delivery = deliveryOf(mark);
    let held: LeasedMessage | null = null;
    try {
      held = await queue.rewrite(leased, markedText(content, letter.code, mark), lease);
      if (held === null) return { result: 'failed', reason: 'another command has taken it in the meantime' };
      const { operationId } = revival.subject;
      const wasMarked = letter.mark?.id === mark.id;
      const canTell = wasMarked && revival.toOperation !== null;
      if (canTell && (await operations.isShown(operationId, delivery, storageWithin.queue))) {
        await queue.remove(held);
        return { result: 'finished' };
      }
      const options = { delay: 0, within: storageWithin.queue };
      const { insertedOn } = await send(revival.queue, revival.toMessage(delivery), options);
      const warning = await record(revival, mark, insertedOn);
      const removed = await queue.remove(held);
      if (!removed)
        return { result: 'failed', reason: 'it was sent, but its dead letter could not be deleted' };
      return { result: 'redriven', ...(warning === null ? {} : { warning }) };
    } catch (thrown) {
      // The mark gave the message a new receipt: only here can it be released.
      if (held !== null) await queue.giveBack(held).catch(() => undefined);
      return { result: 'failed', reason: explainError(thrown).sentence.replace(/\.$/, '') };
    }
  };

  /** If it cannot be written, the worker writes it when it starts. */
  async function record({ toOperation }: Revival, mark: Mark, insertedOn: number): Promise<string | null> {
    if (toOperation === null) return null;
    // As its worker will see it: by the clock of the queue, whatever this machine's shows.
    const queuedAt = new Date(claimedTime(Date.parse(mark.at), insertedOn)).toISOString();
    const delivery = { id: mark.id, queuedAt };
    try {
      await operations.record(toOperation(delivery), delivery, storageWithin.queue);
      return null;
    } catch (thrown) {
      return `sent, but its operation still reads "failed" until the work starts: ${explainError(thrown).sentence}`;
    }
  }
}
