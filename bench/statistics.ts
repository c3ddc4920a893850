/** The median of repeated measurements and their spread: the middle half of them. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** The value below which a share of the (sorted or unsorted) values is, interpolated. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

export function spreadOf(values: readonly number[]): Spread {
  return {
    median: quantile(values, 0.5),
    low: quantile(values, 0.25),
    high: quantile(values, 0.75),
    count: values.length,
  };
}

/** Ratios of measurements taken right after one another, so that a slow minute of the machine affects both sides. */
export function ratiosOf(values: readonly number[], others: readonly number[]): Spread {
  return spreadOf(values.map((value, index) => value / (others[index] ?? Number.NaN)));
}

/** Runs every side once, then every side again, in rotating order: none is always the first or the last. */
export async function interleave<Side extends string, T>(
  rounds: number,
  sides: readonly Side[],
  measure: (side: Side, round: number) => Promise<T>,
): Promise<Readonly<Record<Side, T[]>>> {
  const results = Object.fromEntries(sides.map((side) => [side, []])) as unknown as Record<Side, T[]>;
  for (let round = 0; round < rounds; round += 1) {
    const turned = sides.map((_, index) => sides[(index + round) % sides.length] as Side);
    for (const side of turned) results[side].push(await measure(side, round));
  }
  return results;
}
