import { storageWithin } from '../../../src/storage/bounds.ts';
import { createQueueSender, queueNames } from '../../../src/storage/queues.ts';
import type { Context } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../failure.ts';
import { findStorage, type StorageOptions } from '../../where/storage-target.ts';

export interface VerifyOptions extends StorageOptions {
  readonly connection: string;
}

/**
 * `groups verify`: lets the adapter read every declared group of a connection back from Graph now and undo changes made
 * by others, as its timer does.
 */
export async function verifyGroups(options: VerifyOptions, context: Context): Promise<ExitCode> {
  const { console } = context;
  const { connection: connectionId } = options;
  const { setting, credentialFor, label } = findStorage(options, context.env, context.folder);
  const send = createQueueSender(setting, credentialFor).send;
  const within = storageWithin.queue;
  await send(queueNames.verifications, { connectionId, partition: 0 }, { delay: 0, within });
  await console.document({ verify: connectionId });
  console.line(`The verification of ${connectionId} is on the queue of ${label}.`);
  console.note('Each repair is reported as an ExternalGroupRepaired event.');
  return exitCodes.ok;
}
