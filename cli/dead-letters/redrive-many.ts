import { eachLimited } from '../../src/shared/each-limited.ts';
import type { Context } from '../context.ts';
import { startProgress } from '../terminal/progress.ts';
import { leasePages } from './browse.ts';
import type { LeasedMessage } from './dead-letter-queue.ts';
import { type Letter, readLetter } from './letter.ts';
import type { RedriveLetter } from './redrive-letter.ts';
import type { Tried } from './redrive-report.ts';
import { isSelected, type Selection } from './selection.ts';
import type { Session } from './session.ts';

interface Chosen {
  readonly letters: readonly { readonly letter: Letter; readonly leased: LeasedMessage }[];
  /** How many letters were read. */
  readonly seen: number;
  /** The limit was reached before the end of the queue. */
  readonly more: boolean;
}

/** Letters processed concurrently. */
const atOnce = 8;

/** Leases the selected letters, at most `max`. Everything leased on the way is added to `leased`. */
export async function chooseLetters(
  { queue, browsing }: Session,
  leased: Map<string, LeasedMessage>,
  selection: Selection,
  max: number,
): Promise<Chosen> {
  const letters: { letter: Letter; leased: LeasedMessage }[] = [];
  for await (const message of leasePages(queue, leased, browsing)) {
    const letter = readLetter(message, browsing.readers);
    if (!isSelected(letter, selection)) continue;
    if (letters.length === max) return { letters, seen: leased.size, more: true };
    letters.push({ letter, leased: message });
  }
  return { letters, seen: leased.size, more: false };
}

/** Redrives the chosen letters and removes from `leased` those that are gone: the others are to be released. */
export async function redriveLetters(
  { letters }: Chosen,
  leased: Map<string, LeasedMessage>,
  redrive: RedriveLetter,
  { console, interrupted }: Context,
): Promise<Tried[]> {
  const tried: Tried[] = [];
  const facts = () => ({ tried: `${tried.length} of ${letters.length}` });
  const progress = startProgress(console, letters.length, facts());
  try {
    await eachLimited(letters, atOnce, async ({ letter, leased: message }) => {
      if (interrupted.aborted) return;
      const result = await redrive(letter, message);
      tried.push({ letter, ...result });
      if (result.result === 'redriven' || result.result === 'finished') leased.delete(message.messageId);
      progress.update(tried.length, facts());
    });
  } finally {
    progress.stop();
  }
  return tried;
}
