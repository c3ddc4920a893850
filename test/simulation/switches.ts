import { type RefusalKind, refusalKinds } from './world/refusals.ts';

/** Rules and faults that can be switched off one by one, so that a known fault does not hide others. */
export interface Switches {
  /** Kinds of refusals that Graph draws from. */
  readonly refusals: readonly RefusalKind[];
  /** Copies of messages and of the envelopes of dead letters are put on the queue of creations. */
  readonly copies: boolean;
  /** Groups are deleted through the ledger beside their creation. */
  readonly deletions: boolean;
  /** An operation that several deliveries share shows an end as well. */
  readonly sharedOperationsEnd: boolean;
  /** `lastChangedDateTime` lies between the call of a change and its answer. */
  readonly changeTimes: boolean;
  /** A record that reads `applied` counts nothing as applying or failed. */
  readonly appliedCounts: boolean;
  /** What reads failed was refused for good. */
  readonly failuresExplained: boolean;
}

export const switches: Switches = {
  refusals: refusalKinds,
  copies: true,
  deletions: true,
  sharedOperationsEnd: true,
  changeTimes: true,
  appliedCounts: true,
  failuresExplained: true,
};
