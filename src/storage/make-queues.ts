import { describeError } from '../problems/adapter-error.ts';
import type { StorageSetting } from '../settings/storage-setting.ts';
import { within } from '../shared/within.ts';
import { storageWithin } from './bounds.ts';
import type { CredentialFor } from './credential.ts';
import { connect } from './queues.ts';
import { queues } from './stores.ts';

/**
 * Makes every queue of the app that does not exist yet: while a queue is missing, the host writes a warning each time it
 * polls it. Rejects if one of them cannot be made; sending to a missing queue makes it as well.
 */
export async function makeQueues(
  storage: StorageSetting | null,
  credentialFor: CredentialFor,
): Promise<void> {
  const service = await connect(storage, credentialFor);
  await Promise.all(
    queues.map(({ name }) =>
      within(storageWithin.queue, (abortSignal) =>
        service.getQueueClient(name).createIfNotExists({ abortSignal }),
      ),
    ),
  );
}

/** Never rejects: sending to a missing queue makes it as well. */
export async function tryToMakeQueues(
  storage: StorageSetting | null,
  credentialFor: CredentialFor,
  // Not an invocation's log: this belongs to none.
  warn: (line: string) => void = console.warn,
): Promise<void> {
  try {
    await makeQueues(storage, credentialFor);
  } catch (thrown) {
    warn(`the queues of the app cannot be created yet: ${describeError(thrown)}`);
  }
}
