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

/** What every command about dead letters begins with. */
export function openSession(options: LetterOptions, { env, folder, interrupted }: Context): Session {
  const target = findStorage(options, env, folder);
  return {
    target,
    queue: openDeadLetterQueue(target),
    browsing: { readers: createReaders(), lease: options.lease, interrupted },
  };
}

/** Tells of letters that exist but cannot be seen: an empty list would otherwise read as an empty queue. */
export async function noteHidden(
  { queue, target }: Session,
  seen: number,
  { console }: Context,
): Promise<void> {
  const hidden = (await queue.size()) - seen;
  if (hidden > 0)
    console.note(
      `About ${hidden.toLocaleString('en')} more cannot be seen in ${target.label}: another command holds them, or one that was interrupted did; they are back when its lease ends (2 minutes unless --lease said otherwise).`,
    );
}
