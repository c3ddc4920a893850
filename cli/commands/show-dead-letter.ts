import { isUtf8 } from 'node:buffer';
import type { Context } from '../context.ts';
import { browse } from '../dead-letters/browse.ts';
import { groupOf, summaryOf } from '../dead-letters/format.ts';
import type { Letter } from '../dead-letters/letter.ts';
import { isNamed } from '../dead-letters/selection.ts';
import { type LetterOptions, noteHidden, openSession } from '../dead-letters/session.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import { printable, shortTime } from '../terminal/printable.ts';

export type ShowOptions = LetterOptions;

/** `dead-letters show`: everything in the dead letters of a message or an operation. */
export async function showDeadLetter(id: string, options: ShowOptions, context: Context): Promise<ExitCode> {
  const { console } = context;
  const session = openSession(options, context);
  const letters: Letter[] = [];
  let seen = 0;
  for await (const letter of browse(session.queue, session.browsing)) {
    seen += 1;
    if (isNamed(letter, id)) letters.push(letter);
    // A message's id is its own; an operation may have several letters.
    if (letter.messageId === id) break;
  }
  if (letters.length === 0) {
    await noteHidden(session, seen, context);
    throw new Failure(`No dead letter has the message id or operation id "${printable(id, 64)}".`);
  }
  await console.document({
    deadLetters: letters.map((letter) => ({ ...summaryOf(letter), letter: letter.content })),
  });
  for (const letter of letters) console.line(formatLetter(letter, console.paint));
  return exitCodes.ok;
}

function formatLetter(letter: Letter, paint: Context['console']['paint']): string {
  const { content, revival, mark } = letter;
  const rows: [string, string | null][] = [
    ['group', groupOf(letter)],
    ['code', letter.code],
    ['detail', letter.detail],
    ['dead-lettered', shortTime(letter.deadLetteredDateTime)],
    ['attempts', letter.attempts === null ? null : String(letter.attempts)],
    ['operation', letter.operationId],
    ['message', letter.messageId],
    ['redrive', 'obstacle' in revival ? `not possible: ${revival.obstacle}` : 'possible'],
    [
      '',
      mark === null
        ? null
        : `one began at ${shortTime(mark.at)} and was interrupted; redriving again finishes it`,
    ],
    ['bytes', rawText(content?.raw)],
  ];
  const lines = rows
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${paint.dim(name.padEnd(13))}  ${printable(value ?? '')}`);
  const { raw, ...rest } = content ?? {};
  return [
    ...lines,
    '',
    ...JSON.stringify(rest, null, 2)
      .split('\n')
      .map((line) => printable(line)),
    '',
  ].join('\n');
}

/** The bytes of a message that could not be read, as text if they are text. */
function rawText(raw: unknown): string | null {
  if (typeof raw !== 'string') return null;
  const bytes = Buffer.from(raw, 'base64');
  return isUtf8(bytes) ? printable(bytes.toString('utf8'), 2_000) : `${raw.slice(0, 200)} (base64)`;
}
