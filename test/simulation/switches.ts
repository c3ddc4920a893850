import type { RefusalKind } from './world/refusals.ts';

/** Rules and faults that can be switched off one by one, so that a known fault does not hide others. */
export interface Switches {
  /** Kinds of refusals that Graph draws from. */
  readonly refusals: readonly RefusalKind[];
  /** `lastChangedDateTime` lies between the call of a change and its answer. */
  readonly changeTimes: boolean;
  /** A record that reads `applied` counts nothing as applying or failed. */
  readonly appliedCounts: boolean;
  /** What reads failed was refused for good. */
  readonly failuresExplained: boolean;
}

export const switches: Switches = {
  refusals: [],
  changeTimes: false,
  appliedCounts: false,
  failuresExplained: false,
};
