import type { Context } from '../context.ts';
import { browse } from '../dead-letters/browse.ts';
import { formatCounts, summaryOf, tableOf } from '../dead-letters/format.ts';
import type { Letter } from '../dead-letters/letter.ts';
import { isSelected, type Selection } from '../dead-letters/selection.ts';
import { type LetterOptions, noteHidden, openSession } from '../dead-letters/session.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import { count } from '../terminal/printable.ts';

export interface ListOptions extends LetterOptions, Selection {
  readonly limit: number;
}

/** `dead-letters list`: messages that failed for good, oldest first, without changing anything. */
export async function listDeadLetters(options: ListOptions, context: Context): Promise<ExitCode> {
  const { console } = context;
  const session = openSession(options, context);
  const letters: Letter[] = [];
  let seen = 0;
  let more = false;
  for await (const letter of browse(session.queue, session.browsing)) {
    seen += 1;
    if (!isSelected(letter, options)) continue;
    more = letters.length === options.limit;
    if (more) break;
    letters.push(letter);
  }
  letters.sort((a, b) => (a.deadLetteredDateTime < b.deadLetteredDateTime ? -1 : 1));
  await console.document({ deadLetters: letters.map(summaryOf), more });
  for (const line of tableOf(letters, console.paint)) console.line(line);
  console.line(closing(letters, more));
  if (!more) await noteHidden(session, seen, context);
  if (context.interrupted.aborted) console.note('Interrupted: not all dead letters were read.');
  return context.interrupted.aborted ? exitCodes.failed : exitCodes.ok;
}

function closing(letters: readonly Letter[], more: boolean): string {
  if (letters.length === 0) return 'No dead letters.';
  const codes = formatCounts(letters.map(({ code }) => code));
  const rest = more ? ' There are more: raise --limit.' : '';
  return `${count(letters.length, 'dead letter')}: ${codes}.${rest}`;
}
