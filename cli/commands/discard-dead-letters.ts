import { createDiscardOperation } from '../../src/creations/operations/discard-operation.ts';
import { eachLimited } from '../../src/shared/each-limited.ts';
import { createDiscards } from '../../src/storage/discards.ts';
import { maxDiscardReason, readDiscardReason } from '../../src/telemetry/allow-list.ts';
import type { Context } from '../context.ts';
import { releaseAll } from '../dead-letters/browse.ts';
import { chooseLetters, summaryFields } from '../dead-letters/choose-letters.ts';
import type { LeasedMessage } from '../dead-letters/dead-letter-queue.ts';
import { createDiscardLetter, type DiscardResult } from '../dead-letters/discard-letter.ts';
import { groupOf, idOf, tableOf } from '../dead-letters/format.ts';
import type { Letter } from '../dead-letters/letter.ts';
import type { Selection } from '../dead-letters/selection.ts';
import { type LetterOptions, openSession } from '../dead-letters/session.ts';
import { type ExitCode, exitCodes, usageFailure } from '../failure.ts';
import { count, printable } from '../terminal/printable.ts';

export interface DiscardOptions extends LetterOptions, Selection {
  readonly reason: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly max: number;
}

type Tried = DiscardResult & { readonly letter: Letter };

/** Letters processed concurrently. */
const atOnce = 8;

/** `dead-letters discard`: deletes letters that must not be redriven, and notes why. */
export async function discardDeadLetters(
  ids: readonly string[],
  options: DiscardOptions,
  context: Context,
): Promise<ExitCode> {
  const { console, interrupted, now } = context;
  const why = readDiscardReason(options.reason);
  if (why === null)
    throw usageFailure(
      `--reason takes 3 to ${maxDiscardReason} letters, digits, blanks and simple punctuation; it goes into telemetry, so do not name people.`,
    );
  const selection: Selection = { ...options, ids };
  const { code, connection, operation } = options;
  if (ids.length === 0 && [code, connection, operation].every((filter) => filter === undefined))
    throw usageFailure('Specify ids, --code, --connection or --operation.');
  const session = openSession(options, context);
  const { setting, credentialFor } = session.target;
  const discard = createDiscardLetter({
    queue: session.queue,
    discards: createDiscards(setting, credentialFor),
    discardOperation: createDiscardOperation(setting, credentialFor),
    now,
  });
  const leased = new Map<string, LeasedMessage>();
  const tried: Tried[] = [];
  try {
    const choice = { max: options.max, action: 'discarded' } as const;
    const chosen = await chooseLetters(session, leased, selection, choice, context);
    const letters = chosen.letters.map(({ letter }) => letter);
    for (const line of tableOf(letters, console.paint)) console.line(line);
    if (!(await isConfirmed(letters.length))) {
      console.note('Nothing was discarded.');
      return exitCodes.failed;
    }
    await eachLimited(chosen.letters, atOnce, async ({ letter, leased: message }) => {
      if (interrupted.aborted) return;
      const result: DiscardResult =
        options.dryRun === true ? { result: 'planned' } : await discard(letter, message, why);
      tried.push({ letter, ...result });
      if (result.result === 'discarded') leased.delete(message.messageId);
    });
    await report(chosen.more);
    return tried.some(({ result }) => result === 'failed') || interrupted.aborted
      ? exitCodes.failed
      : exitCodes.ok;
  } finally {
    await releaseAll(session.queue, leased);
  }

  async function isConfirmed(number: number): Promise<boolean> {
    if (options.dryRun === true || options.yes === true || number === 0) return true;
    const question = `Discard ${count(number, 'dead letter')} for good in ${session.target.label}?`;
    const answer = console.confirm(question);
    if (answer === null)
      throw usageFailure(
        'There is no terminal to ask for confirmation: add --yes to discard, or --dry-run to look first.',
      );
    return answer;
  }

  async function report(more: boolean): Promise<void> {
    const number = (wanted: DiscardResult['result']) =>
      tried.filter(({ result }) => result === wanted).length;
    await console.document({
      dryRun: options.dryRun === true,
      planned: number('planned'),
      discarded: number('discarded'),
      failed: number('failed'),
      more,
      letters: tried.map(({ letter, ...result }) => ({
        ...summaryFields(letter),
        ...result,
        letter: letter.content,
      })),
    });
    for (const { letter, ...result } of tried)
      if ('reason' in result)
        console.line(`left in place  ${groupOf(letter)}  ${idOf(letter)}: ${printable(result.reason)}`);
    const done = options.dryRun === true ? 'would be discarded' : 'discarded';
    const failed = number('failed') > 0 ? `; ${number('failed')} left in place` : '';
    const rest = `${interrupted.aborted ? ' Interrupted: the rest is unchanged.' : ''}${more ? ' There are more than --max: run it again.' : ''}`;
    console.line(
      `${count(number('discarded') + number('planned'), 'dead letter')} ${done} in ${session.target.label}${failed}.${rest}`,
    );
  }
}
