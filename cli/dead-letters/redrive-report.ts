import { type ExitCode, exitCodes, usageFailure } from '../failure.ts';
import type { Console } from '../terminal/console.ts';
import { count, printable } from '../terminal/printable.ts';
import type { StorageTarget } from '../where/storage-target.ts';
import { summaryFields } from './choose-letters.ts';
import { formatCounts, groupOf, idOf } from './format.ts';
import type { Letter } from './letter.ts';
import type { RedriveResult } from './redrive-letter.ts';

/** A letter and the result of trying to redrive it. */
export type Tried = RedriveResult & { readonly letter: Letter };

interface Consent {
  /** The letters were named one by one. */
  readonly named: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** A filter may match more letters than intended, so it needs a confirmation; letters named one by one do not. */
export async function confirmRedrive(
  letters: readonly Letter[],
  { target }: { readonly target: StorageTarget },
  { named, dryRun, yes }: Consent,
  console: Console,
): Promise<boolean> {
  if (dryRun || yes || named || letters.length === 0) return true;
  const codes = formatCounts(letters.map(({ code }) => code));
  const answer = console.confirm(
    `Redrive ${count(letters.length, 'dead letter')} (${codes}) in ${target.label}?`,
  );
  if (answer === null)
    throw usageFailure(
      'There is no terminal to ask for confirmation: add --yes to redrive, or --dry-run to look first.',
    );
  return answer;
}

/** The result: each letter that had a problem, and the totals. */
export async function reportOn(
  tried: readonly Tried[],
  { dryRun, more, target }: { dryRun: boolean; more: boolean; target: StorageTarget },
  console: Console,
): Promise<void> {
  const number = (...results: RedriveResult['result'][]) =>
    tried.filter(({ result }) => results.includes(result)).length;
  await console.document({
    dryRun,
    planned: number('planned'),
    redriven: number('redriven'),
    finished: number('finished'),
    refused: number('refused'),
    skipped: number('skipped'),
    failed: number('failed'),
    more,
    letters: tried.map(({ letter, ...result }) => ({
      ...summaryFields(letter),
      ...result,
    })),
  });
  const { paint } = console;
  for (const { letter, ...result } of tried) {
    const name = `${groupOf(letter)}  ${paint.cyan(printable(idOf(letter)))}`;
    if (result.result === 'skipped')
      console.line(`${paint.dim('skipped')}  ${name}: ${printable(result.reason)}`);
    else if ('reason' in result)
      console.line(`${paint.yellow('left in place')}  ${name}: ${printable(result.reason)}`);
    else if (result.result === 'planned')
      console.line(`${paint.green('would redrive')}  ${name}  ${printable(letter.code ?? '')}`);
    if ('warning' in result) console.note(`${name}: ${result.warning}`);
  }
  const sentences = [
    `${count(number('redriven', 'planned'), 'dead letter')} ${dryRun ? 'would be redriven' : 'redriven'} in ${target.label}`,
    ...(number('finished') > 0
      ? [`${number('finished')} left over from an interrupted redrive deleted`]
      : []),
    ...(number('skipped') > 0 ? [`${number('skipped')} skipped: superseded by a deletion`] : []),
    ...(number('refused', 'failed') > 0 ? [`${number('refused', 'failed')} left in place`] : []),
  ];
  console.line(`${sentences.join('; ')}.${more ? ' There are more than --max: run it again.' : ''}`);
}

/** A superseded letter is in order, unless it was asked for by its id. */
export function closing(
  tried: readonly Tried[],
  { named, interrupted }: { readonly named: boolean; readonly interrupted: boolean },
): ExitCode {
  const troubled = tried.some((one) => 'reason' in one && (named || one.result !== 'skipped'));
  return troubled || interrupted ? exitCodes.failed : exitCodes.ok;
}
