import type { Change } from '../../../src/ledger/change.ts';
import type { World } from '../world/world.ts';
import type { DeclarationBreak } from './breaks.ts';
import type { Violation } from './violation.ts';

export interface DeclarationSettings {
  /** Milliseconds. */
  readonly callTimeout: number;
  readonly giveUpAfter: number;
  /** Each change has a sequence; they arrive in any order, and more than once. */
  readonly isSequenced: boolean;
  /** Milliseconds that instances' clocks may be off. */
  readonly clockErrors: readonly number[];
}

/** One change that somebody declared, and what is known of it. */
export interface Declared {
  readonly change: Change;
  /** It has been seen in the ledger. */
  isRecorded: boolean;
  /** At some moment since it began the ledger held all that it asks for. */
  wasNoChange: boolean;
  /** Its caller has heard that it is recorded. */
  isAnswered: boolean;
}

/** How much happened, so that a run without a violation can be told from one in which nothing was tried. */
export interface DeclarationTally {
  changes: number;
  faults: number;
  crashes: number;
  looks: number;
  letters: number;
}

/** What a run of declarations has beside the world. */
export interface DeclarationRun {
  readonly world: World;
  readonly settings: DeclarationSettings;
  readonly broken: DeclarationBreak;
  readonly declared: Declared[];
  readonly tally: DeclarationTally;
  readonly report: (violation: Violation) => void;
  readonly isCalm: () => boolean;
}

export const connectionId = 'contosohr';
export const groupIds = ['group0', 'group1'] as const;
