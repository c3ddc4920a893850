import type { Command } from 'commander';
import type { Context, EndWith } from '../context.ts';
import { withStorageOptions } from '../where/options.ts';
import { wholeNumber } from './arguments.ts';
import { type DiscardOptions, discardDeadLetters } from './discard-dead-letters.ts';
import { type ListOptions, listDeadLetters } from './list-dead-letters.ts';
import { type RedriveOptions, redriveDeadLetters } from './redrive-dead-letters.ts';
import { type ShowOptions, showDeadLetter } from './show-dead-letter.ts';

/** Seconds that letters are hidden from others while a command reads more than a handful. */
const defaultLease = 120;

export function addDeadLetterCommands(program: Command, context: Context, endWith: EndWith): void {
  const letters = program
    .command('dead-letters')
    .description('messages that failed for good')
    .helpCommand(false);

  const list = withFilters(letters.command('list'))
    .description('list dead letters, oldest first, without changing anything')
    .option('--limit <n>', 'show at most this many', wholeNumber(1, 1_000_000), 100);
  withLease(list).action(async (options: ListOptions) => endWith(await listDeadLetters(options, context)));

  const show = letters
    .command('show')
    .description('show everything in a dead letter')
    .argument('<id>', 'message id or operation id');
  withLease(show).action(async (id: string, options: ShowOptions) =>
    endWith(await showDeadLetter(id, options, context)),
  );

  const redrive = withFilters(letters.command('redrive'))
    .description('send dead letters back to their queue, with attempts and age reset')
    .argument('[id...]', 'message ids or operation ids')
    .option('--all', 'every dead letter')
    .option('--dry-run', 'only print what would be redriven')
    .option('--max <n>', 'redrive at most this many', wholeNumber(1, 1_000_000), 1000)
    .option('--yes', 'do not ask');
  withLease(redrive).action(async (ids: string[], options: RedriveOptions) =>
    endWith(await redriveDeadLetters(ids, options, context)),
  );

  const discard = withFilters(letters.command('discard'))
    .description('delete dead letters that must not be redriven, and record why')
    .argument('[id...]', 'message ids or operation ids')
    .requiredOption('--reason <text>', 'why; goes into telemetry and the operation, so do not name people')
    .option('--dry-run', 'only print what would be discarded')
    .option('--max <n>', 'discard at most this many', wholeNumber(1, 1_000_000), 1000)
    .option('--yes', 'do not ask');
  withLease(discard).action(async (ids: string[], options: DiscardOptions) =>
    endWith(await discardDeadLetters(ids, options, context)),
  );
}

function withFilters(command: Command): Command {
  return command
    .option('--code <code>', 'only those with this problem code, for example gave-up')
    .option('--connection <id>', 'only those of this connection')
    .option('--operation <id>', 'only those of this operation');
}

function withLease(command: Command): Command {
  return withStorageOptions(
    command.option(
      '--lease <seconds>',
      'hide dead letters from other commands for this long while reading',
      wholeNumber(1, 3600),
      defaultLease,
    ),
  );
}
