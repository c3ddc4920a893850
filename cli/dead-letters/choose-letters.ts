import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { leasePages } from './browse.ts';
import type { LeasedMessage } from './dead-letter-queue.ts';
import { type Letter, readLetter } from './letter.ts';
import { isNamed, isSelected, type Selection } from './selection.ts';
import { noteHidden, type Session } from './session.ts';

export interface Chosen {
  readonly letters: readonly { readonly letter: Letter; readonly leased: LeasedMessage }[];
  /** The limit was reached before the end of the queue. */
  readonly more: boolean;
}

export interface ChoiceOptions {
  readonly max: number;
  /** What happens to the letters, for the error text. */
  readonly action: 'redriven' | 'discarded';
}

/**
 * Leases the selected letters, at most `max`. Everything leased on the way is added to `leased`. Fails if there is no letter
 * for one of the ids.
 */
export async function chooseLetters(
  session: Session,
  leased: Map<string, LeasedMessage>,
  selection: Selection,
  { max, action }: ChoiceOptions,
  context: Context,
): Promise<Chosen> {
  const chosen = await leaseLetters(session, leased, selection, max);
  const { ids = [] } = selection;
  const missing = ids.filter((id) => !chosen.letters.some(({ letter }) => isNamed(letter, id)));
  if (missing.length > 0 || chosen.letters.length === 0) await noteHidden(session, leased.size, context);
  if (missing.length > 0)
    throw new Failure(`No dead letter has the id ${missing.join(', ')}; nothing was ${action}.`);
  return chosen;
}

async function leaseLetters(
  { queue, browsing }: Session,
  leased: Map<string, LeasedMessage>,
  selection: Selection,
  max: number,
): Promise<Chosen> {
  const letters: { letter: Letter; leased: LeasedMessage }[] = [];
  for await (const message of leasePages(queue, leased, browsing)) {
    const letter = readLetter(message, browsing.readers);
    if (!isSelected(letter, selection)) continue;
    if (letters.length === max) return { letters, more: true };
    letters.push({ letter, leased: message });
  }
  return { letters, more: false };
}

/** What reports in JSON say of a letter. */
export function summaryFields({ messageId, operationId, connectionId, groupId, code }: Letter) {
  return { messageId, operationId, connectionId, groupId, code };
}
