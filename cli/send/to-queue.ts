import { storageWithin } from '../../src/storage/bounds.ts';
import { createQueueSender, queueNames } from '../../src/storage/queues.ts';
import { explainError, isPassing } from '../explain-error.ts';
import { Failure } from '../failure.ts';
import type { StorageTarget } from '../where/storage-target.ts';
import type { Deliver } from './deliver.ts';
import { isAgain, withRetry } from './retry.ts';

const retry = { maxTries: 5, maxWait: 15 };

/** Sends to the work queue, as any producer would: the connection, the group and nothing else. */
export function createQueueDelivery(
  { setting, credentialFor }: StorageTarget,
  interrupted: AbortSignal,
): Deliver {
  const send = createQueueSender(setting, credentialFor).send;
  return async ({ connectionId, group }) => {
    const attempt = async () => {
      try {
        await send(queueNames.work, { connectionId, group }, { delay: 0, within: storageWithin.queue });
        return { as: 'queued' } as const;
      } catch (thrown) {
        if (!isPassing(thrown)) throw thrown;
        return { again: true, after: null, why: explainError(thrown).sentence } as const;
      }
    };
    const result = await withRetry(attempt, { ...retry, interrupted });
    if (isAgain(result)) throw new Failure(result.why);
    return result;
  };
}
