import type { Context } from '../context.ts';
import { printable } from '../terminal/printable.ts';
import { startProgress } from '../terminal/progress.ts';
import { type DoneLine, isRefused, type PipelineOptions } from './pipeline.ts';
import type { Checkpoint } from './progress-file.ts';
import type { RefusedLine } from './report.ts';

/** Refusals shown to a person; the report has them all. */
const shownRefusals = 20;

/** Counts of the results of finished lines. */
export interface Totals {
  readonly accepted: Readonly<Record<string, number>>;
  readonly refused: number;
  readonly shown: readonly RefusedLine[];
}

export function startTotals(from: Checkpoint | null): Totals {
  return { accepted: from?.accepted ?? {}, refused: from?.refused ?? 0, shown: [] };
}

export function addTo(
  totals: Totals,
  lines: readonly DoneLine[],
): { totals: Totals; refusals: RefusedLine[] } {
  const accepted: Record<string, number> = { ...totals.accepted };
  const refusals: RefusedLine[] = [];
  let { refused } = totals;
  for (const { number, delivered } of lines) {
    if (isRefused(delivered)) {
      refused += 1;
      refusals.push(...delivered.faults.map((fault) => ({ line: number, ...fault })));
    } else accepted[delivered.as] = (accepted[delivered.as] ?? 0) + 1;
  }
  const shown = [...totals.shown, ...refusals].slice(0, shownRefusals);
  return { totals: { accepted, refused, shown }, refusals };
}

export function acceptedIn({ accepted }: Pick<Totals, 'accepted'>): number {
  return Object.values(accepted).reduce((sum, number) => sum + number, 0);
}

/** `line 3  /id  must match …` */
export function formatRefusal({ line, pointer, detail, code }: RefusedLine): string {
  return printable(`line ${line}  ${pointer === '' ? code : pointer}  ${detail}`, 300);
}

/** The progress bar: how far, how many per second, how many of them accepted and refused. */
export function watchSending(
  { console, now }: Context,
  total: number | null,
  from: Totals,
): { progressed: PipelineOptions['progressed']; stop: () => void } {
  const startedAt = now();
  let accepted = acceptedIn(from);
  let { refused } = from;
  let sent = 0;
  const facts = () => ({
    accepted: accepted.toLocaleString('en'),
    refused: refused.toLocaleString('en'),
    'lines/s': Math.round(sent / Math.max(0.001, (now() - startedAt) / 1000)).toLocaleString('en'),
  });
  const progress = startProgress(console, total, facts());
  return {
    progressed: (line, delivered) => {
      sent += 1;
      if (isRefused(delivered)) refused += 1;
      else accepted += 1;
      progress.update(line.end, facts());
    },
    stop: progress.stop,
  };
}
