import { type RefusalKind, refusalKinds } from './world/refusals.ts';

/** Rules and faults that can be switched off one by one, so that a known fault does not hide others. */
export interface Switches {
  /** Kinds of refusals that Graph draws from. */
  readonly refusals: readonly RefusalKind[];
  /** `lastChangedDateTime` lies between the call of a change and its answer. */
  readonly changeTimes: boolean;
}

export const switches: Switches = {
  refusals: refusalKinds,
  changeTimes: false,
};
