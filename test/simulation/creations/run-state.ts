import type { World } from '../world/world.ts';
import type { Break } from './breaks.ts';
import type { Deliveries } from './deliveries.ts';
import type { Journal } from './journal.ts';
import type { Tally } from './tally.ts';
import type { Violation } from './violation.ts';

/** What a run has beside the world: who handed over what, who works on it, and what is so for good. */
export interface RunState {
  readonly world: World;
  readonly deliveries: Deliveries;
  readonly journal: Journal;
  readonly tally: Tally;
  readonly settings: RunSettings;
  /** What is wrong with the app on purpose; `{}`: nothing. */
  readonly broken: Partial<Break>;
  /** Ends the run; only the first counts. */
  readonly report: (violation: Violation) => void;
  /** The faulty phase is over: nothing new arrives. */
  readonly isCalm: () => boolean;
}

export interface RunSettings {
  /** Milliseconds. */
  readonly graphDeadline: number;
  readonly giveUpAfter: number;
  /** The app's identity has no role on the operations table. */
  readonly tableIsForbidden: boolean;
  /** The share of Graph calls that the concurrency limiter holds back. */
  readonly heldBack: number;
  /** Milliseconds that instances' clocks may be off. */
  readonly clockErrors: readonly number[];
  /** The share of producers who send plain text instead of base64. */
  readonly plainText: number;
  /** The clock never moves while something could run: answers come in time. */
  readonly isPunctual: boolean;
}

export const connections = {
  /** Two that work, one that Graph does not know, one that it denies, and one that is not allowed here. */
  good: ['contosohr', 'contosocrm'],
  unknown: 'nowhere',
  denied: 'locked',
  forbidden: 'barred',
} as const;
