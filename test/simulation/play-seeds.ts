import { type SimulationName, simulations } from './simulations.ts';

export interface SeedRange {
  readonly of: SimulationName;
  readonly from: number;
  readonly count: number;
  readonly break?: string | undefined;
  /** Nothing is played after the first violation. */
  readonly untilFound?: boolean;
}

/** The results of a number of schedules: for each violated rule, the seeds. */
export interface Findings {
  readonly runs: number;
  readonly steps: number;
  readonly totals: Readonly<Record<string, number>>;
  readonly violations: Readonly<Record<string, readonly number[]>>;
}

export const nothingFound: Findings = { runs: 0, steps: 0, totals: {}, violations: {} };

/** Plays one schedule for each seed. */
export async function playSeeds({
  of,
  from,
  count,
  break: broken,
  untilFound = false,
}: SeedRange): Promise<Findings> {
  const violations: Record<string, number[]> = {};
  let steps = 0;
  let totals: Readonly<Record<string, number>> = {};
  for (let seed = from; seed < from + count; seed += 1) {
    const run = await simulations[of].play(seed, { break: broken });
    steps += run.steps;
    totals = addTotals(totals, run.totals);
    if (run.violation === null) continue;
    const { rule } = run.violation;
    violations[rule] = [...(violations[rule] ?? []), seed];
    if (untilFound) return { runs: seed - from + 1, steps, totals, violations };
  }
  return { runs: count, steps, totals, violations };
}

export function addFindings(a: Findings, b: Findings): Findings {
  const violations: Record<string, readonly number[]> = { ...a.violations };
  for (const [rule, seeds] of Object.entries(b.violations))
    violations[rule] = [...(violations[rule] ?? []), ...seeds];
  const totals = addTotals(a.totals, b.totals);
  return { runs: a.runs + b.runs, steps: a.steps + b.steps, totals, violations };
}

function addTotals(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
