import type { SoakSample } from './run-soak.ts';

/** One figure over the run: its mean in the second quarter, after warm-up, and in the last one. */
export interface Trend {
  readonly name: string;
  readonly unit: string;
  readonly early: number;
  readonly late: number;
  readonly most: number;
  /** How far `late` may exceed `early` for the figure to count as flat. */
  readonly mayGrow: number;
}

interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly of: (sample: SoakSample) => number;
  readonly mayGrow: number;
}

const megabyte = 1_048_576;

/** The allowed growth covers the noise of a busy machine, but not a leak of a kilobyte per request, or one timer in ten. */
const figures: readonly Figure[] = [
  {
    name: 'heap in use, after collection',
    unit: 'MB',
    of: ({ heapUsed }) => heapUsed / megabyte,
    mayGrow: 4,
  },
  { name: 'resident memory', unit: 'MB', of: ({ rss }) => rss / megabyte, mayGrow: 40 },
  { name: 'memory outside the heap', unit: 'MB', of: ({ external }) => external / megabyte, mayGrow: 8 },
  { name: 'file descriptors', unit: '', of: ({ descriptors }) => descriptors, mayGrow: 20 },
  { name: 'sockets', unit: '', of: ({ sockets }) => sockets, mayGrow: 20 },
  { name: 'timers', unit: '', of: ({ resources }) => resources.Timeout ?? 0, mayGrow: 20 },
  {
    name: 'active resources of every kind',
    unit: '',
    of: ({ resources }) => Object.values(resources).reduce((sum, count) => sum + count, 0),
    mayGrow: 40,
  },
];

export function trendsOf(samples: readonly SoakSample[]): Trend[] {
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return figures.map(({ name, unit, of, mayGrow }) => ({
    name,
    unit,
    early: mean(samples.slice(quarter, 2 * quarter).map(of)),
    late: mean(samples.slice(-quarter).map(of)),
    most: Math.max(...samples.map(of)),
    mayGrow,
  }));
}

/** What is not flat, or got no response; empty if all is well. */
export function complaintsAbout(samples: readonly SoakSample[]): string[] {
  const total = (of: (sample: SoakSample) => number) => samples.reduce((sum, sample) => sum + of(sample), 0);
  const grown = trendsOf(samples).filter(({ early, late, mayGrow }) => late - early > mayGrow);
  const unanswered = total((sample) => sample.unanswered);
  const failures = total((sample) => sample.failures);
  return [
    ...grown.map(
      ({ name, early, late, unit }) => `${name}: from ${early.toFixed(1)} to ${late.toFixed(1)} ${unit}`,
    ),
    ...(unanswered === 0 ? [] : [`${unanswered} requests without an answer`]),
    ...(failures === 0 ? [] : [`${failures} answers of 500 and above`]),
  ];
}
