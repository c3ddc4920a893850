import type { World } from '../world/world.ts';
import type { Break } from './breaks.ts';
import type { Deletions } from './deletions.ts';
import type { Deliveries } from './deliveries.ts';
import type { Journal } from './journal.ts';
import type { Totals } from './totals.ts';
import type { Violation } from './violation.ts';

/** The state of a run besides the world: the deliveries, the work in progress, and the fixed conditions. */
export interface RunState {
  readonly world: World;
  readonly deliveries: Deliveries;
  readonly journal: Journal;
  readonly totals: Totals;
  readonly settings: RunSettings;
  /** The deliberate bug in the app; `{}`: none. */
  readonly broken: Partial<Break>;
  /** Ends the run; only the first counts. */
  readonly deletions: Deletions;
  /** Operations whose group has been in Graph as they would have it. */
  readonly everHeld: Set<string>;
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
  /** Milliseconds by which instances' clocks may be off. */
  readonly clockErrors: readonly number[];
  /** The share of producers who send plain text instead of base64. */
  readonly plainText: number;
  /** The clock never advances while something could run: responses arrive in time. */
  readonly isPunctual: boolean;
}

export const connections = {
  /** Two that work, one unknown to Graph, one that it denies, and one that is not allowed here. */
  good: ['contosohr', 'contosocrm'],
  unknown: 'nowhere',
  denied: 'locked',
  forbidden: 'barred',
} as const;
