import type { Alteration } from './alter-sources.ts';

const timing = 'src/ledger/core/timing.ts';

/**
 * Times of the ledger as chaos plays them, in milliseconds: nobody can wait eleven minutes here for each write that got no
 * answer and was then contradicted. They are not the real ones on a smaller scale; they only stand to one another, and
 * to what this Graph does, as the protocol demands:
 *
 * - `landing` > `window` + `GRAPH_DEADLINE` (1 s) + the latest write (1.5 s) + 3 s for the whole seconds of storage
 * - `lookAfter` > `lease` > `window` + `GRAPH_DEADLINE`, and `lookAfter` > `fresh`
 * - `unsure` > the longest wrong 404 (1 s) + 3 s for the whole seconds
 */
export const shortTimes: readonly Alteration[] = [
  { file: timing, from: 'landing: 660_000', to: 'landing: 15_000' },
  { file: timing, from: 'window: 20_000', to: 'window: 2_000' },
  { file: timing, from: 'lease: 45_000', to: 'lease: 5_000' },
  { file: timing, from: 'lookAfter: 50_000', to: 'lookAfter: 6_000' },
  { file: timing, from: 'fresh: 30_000', to: 'fresh: 4_000' },
  { file: timing, from: 'unsure: 130_000', to: 'unsure: 5_000' },
  // Seconds until a look is sent again that five kills in a row have interrupted.
  { file: 'src/ledger/change-worker.ts', from: 'lookAgainAfter = 900', to: 'lookAgainAfter = 5' },
];
