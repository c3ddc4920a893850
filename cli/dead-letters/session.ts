import type { Context } from '../context.ts';
import { findStorage, type StorageOptions, type StorageTarget } from '../where/storage-target.ts';
import type { BrowseOptions } from './browse.ts';
import { type DeadLetterQueue, openDeadLetterQueue } from './dead-letter-queue.ts';
import { createReaders } from './readers.ts';

export interface LetterOptions extends StorageOptions {
  /** Seconds. */
  readonly lease: number;
}

export interface Session {
  readonly target: StorageTarget;
  readonly queue: DeadLetterQueue;
  readonly browsing: BrowseOptions;
}

/** The setup shared by all dead-letter commands. */
export function openSession(options: LetterOptions, { env, folder, interrupted }: Context): Session {
  const target = findStorage(options, env, folder);
  return {
    target,
    queue: openDeadLetterQueue(target),
    browsing: { readers: createReaders(), lease: options.lease, interrupted },
  };
}

/** Reports letters that exist but are hidden: an empty list would otherwise look like an empty queue. */
export async function noteHidden(
  { queue, target }: Session,
  seen: number,
  { console }: Context,
): Promise<void> {
  const hidden = (await queue.size()) - seen;
  if (hidden > 0)
    console.note(
      `About ${hidden.toLocaleString('en')} more are hidden in ${target.label}: another command, or one that was interrupted, holds them; they are visible again when its lease ends (2 minutes unless changed with --lease).`,
    );
}
