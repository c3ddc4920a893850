import type { Console } from '../terminal/console.ts';
import { count, printable } from '../terminal/printable.ts';
import { acceptedIn, formatRefusal, type Totals } from './totals.ts';

interface Ended {
  readonly totals: Totals;
  /** The last finished line. */
  readonly line: number;
  readonly complete: boolean;
  /** Lines that an earlier run had finished. */
  readonly resumedAfter: number;
  readonly seconds: number;
}

export interface Sent {
  readonly label: string;
  readonly to: 'queue' | 'http';
  readonly report: string | undefined;
}

/** The result of a send: refusals for a person, and the totals for everyone. */
export async function reportOutcome(
  { totals, line, complete, resumedAfter, seconds }: Ended,
  { label, to, report }: Sent,
  console: Console,
): Promise<void> {
  const accepted = acceptedIn(totals);
  await console.document({
    type: 'summary',
    to,
    complete,
    lastLine: line,
    accepted,
    refused: totals.refused,
    outcomes: totals.accepted,
    resumedAfter,
    seconds: Math.round(seconds * 1000) / 1000,
  });
  const { paint } = console;
  for (const refusal of totals.shown) console.line(`${paint.red('refused')}  ${formatRefusal(refusal)}`);
  if (totals.refused > 0 && report !== undefined)
    console.line(paint.dim(`All refusals are in ${printable(report)}.`));
  else if (totals.refused > totals.shown.length)
    console.line(paint.dim('Only the first are shown; --report FILE writes all of them.'));
  const words = Object.entries(totals.accepted).map(
    ([outcome, number]) => `${number.toLocaleString('en')} ${outcome}`,
  );
  const resumed = resumedAfter > 0 ? `, ${count(resumedAfter, 'line')} of them in an earlier run` : '';
  console.line(
    `${paint.green(`${accepted.toLocaleString('en')} accepted`)}${to === 'queue' || words.length === 0 ? '' : ` (${words.join(', ')})`}, ${totals.refused.toLocaleString('en')} refused${resumed}. To: ${label}.`,
  );
}
