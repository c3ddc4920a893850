/** One line of the table in docs/performance.md. */
export interface Row {
  readonly figure: string;
  readonly goal: string;
  readonly measured: string;
  /** Null: shown for comparison, without a goal. */
  readonly met: boolean | null;
  /** By how much a goal is missed. */
  readonly short?: string;
}

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The middle half of the measurements. */
  readonly low?: number;
  readonly high?: number;
}

export interface BarChart {
  readonly kind: 'bars';
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
  /** A horizontal line: the goal. */
  readonly goal?: { readonly label: string; readonly value: number };
}

export interface LineChart {
  readonly kind: 'lines';
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly {
    readonly label: string;
    readonly points: readonly (readonly [number, number])[];
  }[];
}

export type Chart = BarChart | LineChart;

/** The result of one measure. */
export interface Finding {
  readonly rows: readonly Row[];
  readonly charts?: readonly Chart[];
  /** A few sentences on how it was measured, with the absolute figures. */
  readonly detail: string;
}

/** What a measure may use. */
export interface Surroundings {
  /** Fewer and shorter rounds, for a quick try: nothing is written to docs/. */
  readonly quick: boolean;
  readonly say: (line: string) => void;
  /** Milliseconds left until the limit of the whole run. */
  readonly secondsLeft: () => number;
}

export interface Measure {
  readonly name: string;
  readonly title: string;
  readonly run: (surroundings: Surroundings) => Promise<Finding>;
}

export const fixed = (value: number, digits = 2) => value.toFixed(digits);

/** A ratio's row, with the spread of the repetitions. */
export function ratioRow(
  figure: string,
  goal: { readonly text: string; readonly most?: number; readonly least?: number },
  ratio: { readonly median: number; readonly low: number; readonly high: number },
): Row {
  const { most, least } = goal;
  const { median, low, high } = ratio;
  const measured = `${fixed(median)} × (${fixed(low)}–${fixed(high)})`;
  if (most !== undefined && median > most)
    return { figure, goal: goal.text, measured, met: false, short: `${fixed(median - most)} × over` };
  if (least !== undefined && median < least)
    return { figure, goal: goal.text, measured, met: false, short: `${fixed(least - median)} × under` };
  return { figure, goal: goal.text, measured, met: true };
}
