import type { StorageSetting } from '../settings/storage-setting.ts';
import { lazily } from '../shared/lazily.ts';
import { within } from '../shared/within.ts';
import { hasStatus, storageWithin } from './bounds.ts';
import type { CredentialFor } from './credential.ts';
import { connect, queueNames } from './queues.ts';

/** The name of each queue in the depth metric. */
export const measuredQueues = {
  work: queueNames.work,
  poison: queueNames.poison,
  'dead-letters': queueNames.deadLetters,
  changes: queueNames.changes,
  'changes-poison': queueNames.changesPoison,
  verifications: queueNames.verifications,
  'verifications-poison': queueNames.verificationsPoison,
} as const;

type MeasuredQueue = keyof typeof measuredQueues;

/** How many messages each queue holds, including those delayed or being processed. */
export type ReadDepths = () => Promise<readonly { readonly queue: MeasuredQueue; readonly depth: number }[]>;

export function createReadDepths(storage: StorageSetting | null, credentialFor: CredentialFor): ReadDepths {
  const service = lazily(() => connect(storage, credentialFor));
  return async function readDepths() {
    const read = async (queue: MeasuredQueue) => {
      try {
        const { approximateMessagesCount } = await within(storageWithin.queue, async (abortSignal) =>
          (await service()).getQueueClient(measuredQueues[queue]).getProperties({ abortSignal }),
        );
        return { queue, depth: approximateMessagesCount ?? 0 };
      } catch (thrown) {
        // A queue that has not been created yet is empty.
        if (hasStatus(thrown, 404)) return { queue, depth: 0 };
        throw thrown;
      }
    };
    return Promise.all((Object.keys(measuredQueues) as MeasuredQueue[]).map(read));
  };
}
