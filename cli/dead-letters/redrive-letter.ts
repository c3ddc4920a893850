import type { Message } from '../../src/creations/message.ts';
import type { Operations } from '../../src/creations/operations/operations.ts';
import { operationIdOf } from '../../src/groups/operation-id.ts';
import { storageWithin } from '../../src/storage/bounds.ts';
import { queueNames, type Send } from '../../src/storage/queues.ts';
import type { ReadDelivery } from '../operations/shown-delivery.ts';
import { wordError } from '../word-error.ts';
import type { DeadLetterQueue, LeasedMessage } from './dead-letter-queue.ts';
import type { Letter } from './letter.ts';
import { type Mark, markedText } from './mark.ts';

export type RedriveResult =
  /** Under `--dry-run`: it could be redriven. */
  | { readonly result: 'planned' }
  | { readonly result: 'redriven'; readonly warning?: string }
  /** An earlier run had sent the message and was interrupted before the letter went. */
  | { readonly result: 'finished' }
  | { readonly result: 'refused' | 'failed'; readonly reason: string };

export interface RedriveDependencies {
  readonly queue: DeadLetterQueue;
  readonly send: Send;
  readonly operations: Pick<Operations, 'record'>;
  readonly readDelivery: ReadDelivery;
  readonly markFor: (letter: Letter) => Mark;
  /** Seconds. */
  readonly lease: number;
}

export type RedriveLetter = (letter: Letter, leased: LeasedMessage) => Promise<RedriveResult>;

/**
 * Puts a letter's message back on the work queue. Nothing is lost and nothing becomes two deliveries:
 *
 *     1 mark the letter     with the delivery's name (`firstQueuedDateTime`), kept in the queue itself
 *     2 send the message    with that name
 *     3 record notStarted   so that the operation no longer reads "failed"
 *     4 delete the letter
 *
 *     crash after 1    nothing was sent; the next run sends under the same name
 *     crash after 2    the next run sends a copy of the same delivery, which the twin drops once that is settled;
 *                      where the twin has begun meanwhile, the table shows it and no copy is sent
 *     crash after 3    the table shows the delivery: the next run only deletes the letter
 *     two operators    the lease's receipt guards 1 and 4: the second one is told that the letter is taken
 */
export function createRedriveLetter(dependencies: RedriveDependencies): RedriveLetter {
  const { queue, send, operations, readDelivery, markFor, lease } = dependencies;

  async function wasSent(mark: Mark, { operationId, connectionId, group }: Message): Promise<boolean> {
    const derived = operationIdOf(connectionId, group);
    // An id of the sender's own may stand for several groups: it tells nothing about this one.
    if (operationId !== undefined && operationId !== derived) return false;
    const shown = await readDelivery(derived);
    return shown !== null && shown >= mark.at;
  }

  return async (letter, leased) => {
    if ('obstacle' in letter.revival || letter.content === null)
      return {
        result: 'refused',
        reason: 'obstacle' in letter.revival ? letter.revival.obstacle : 'it is empty',
      };
    const mark = markFor(letter);
    const message = revived(letter.revival.message, mark);
    let held: LeasedMessage | null = null;
    try {
      held = await queue.rewrite(leased, markedText(letter.content, letter.code, mark), lease);
      if (held === null) return { result: 'failed', reason: 'another command has taken it meanwhile' };
      if (letter.mark !== null && (await wasSent(mark, letter.revival.message))) {
        await queue.remove(held);
        return { result: 'finished' };
      }
      await send(queueNames.work, message, { delay: 0, within: storageWithin.queue });
      const warning = await record(message, mark.at);
      const removed = await queue.remove(held);
      if (!removed) return { result: 'failed', reason: 'it was sent, but its letter could not be deleted' };
      return { result: 'redriven', ...(warning === null ? {} : { warning }) };
    } catch (thrown) {
      // The mark gave the message a new receipt: only here can it be given back.
      if (held !== null) await queue.giveBack(held).catch(() => undefined);
      return { result: 'failed', reason: wordError(thrown).sentence.replace(/\.$/, '') };
    }
  };

  /** A projection: where it cannot be written, the twin writes it when it starts. */
  async function record(
    message: Message & { operationId: string },
    delivery: string,
  ): Promise<string | null> {
    try {
      await operations.record(
        {
          id: message.operationId,
          status: 'notStarted',
          connectionId: message.connectionId,
          groupId: message.group.id,
          reason: 'queued',
          createdDateTime: delivery,
          lastActionDateTime: delivery,
          attempts: 0,
        },
        delivery,
        storageWithin.queue,
      );
      return null;
    } catch (thrown) {
      return `sent, but its operation still reads "failed" until the work starts: ${wordError(thrown).sentence}`;
    }
  }
}

/** A new delivery of the same creation; an earlier attempt may have created the group. */
function revived(message: Message, { at }: Mark): Message & { operationId: string } {
  const operationId = message.operationId ?? operationIdOf(message.connectionId, message.group);
  return { ...message, operationId, reason: 'queued', attempts: 0, uncertain: true, firstQueuedDateTime: at };
}
