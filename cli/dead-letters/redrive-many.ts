import { eachLimited } from '../../src/shared/each-limited.ts';
import type { Context } from '../context.ts';
import { startProgress } from '../terminal/progress.ts';
import type { Chosen } from './choose-letters.ts';
import type { LeasedMessage } from './dead-letter-queue.ts';
import type { RedriveLetter } from './redrive-letter.ts';
import type { Tried } from './redrive-report.ts';

/** Letters processed concurrently. */
const atOnce = 8;

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
