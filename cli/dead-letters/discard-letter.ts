import type { DiscardOperation } from '../../src/creations/operations/discard-operation.ts';
import type { Discards } from '../../src/storage/discards.ts';
import { explainError } from '../explain-error.ts';
import type { DeadLetterQueue, LeasedMessage } from './dead-letter-queue.ts';
import type { Letter } from './letter.ts';

export type DiscardResult =
  /** Under `--dry-run`. */
  | { readonly result: 'planned' }
  /** `inOperation`: the reason stands in the operation too. */
  | { readonly result: 'discarded'; readonly inOperation: boolean }
  | { readonly result: 'failed'; readonly reason: string };

interface DiscardDependencies {
  readonly queue: Pick<DeadLetterQueue, 'remove'>;
  readonly discards: Pick<Discards, 'note'>;
  readonly discardOperation: DiscardOperation;
  readonly now: () => number;
}

type DiscardLetter = (letter: Letter, leased: LeasedMessage, why: string) => Promise<DiscardResult>;

/** Deletes a letter after its reason has been noted: an interruption leaves the letter, and the note is made again. */
export function createDiscardLetter(dependencies: DiscardDependencies): DiscardLetter {
  const { queue, discards, discardOperation, now } = dependencies;
  return async function discardLetter(letter, leased, why) {
    const { messageId, operationId, connectionId, groupId, code, attempts, content } = letter;
    try {
      await discards.note({
        messageId,
        connectionId: connectionId ?? '',
        groupId: groupId ?? '',
        operationId: operationId ?? '',
        code: code ?? '',
        attempts: attempts ?? 0,
        discardReason: why,
        traceparent: typeof content?.traceparent === 'string' ? content.traceparent : '',
      });
      const at = new Date(now()).toISOString();
      const inOperation = operationId !== null && (await discardOperation(operationId, why, at));
      if (await queue.remove(leased)) return { result: 'discarded', inOperation };
      return { result: 'failed', reason: 'another command has taken it in the meantime' };
    } catch (thrown) {
      return { result: 'failed', reason: explainError(thrown).sentence.replace(/\.$/, '') };
    }
  };
}
