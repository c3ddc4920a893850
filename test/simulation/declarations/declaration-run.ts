import type { World } from '../world/world.ts';
import type { DeclarationBreak } from './breaks.ts';
import type { DeclarationSettings } from './draw-settings.ts';
import type { History } from './history.ts';
import type { Told } from './told.ts';
import type { Violation } from './violation.ts';

/** How much happened, to distinguish a run without a violation from one in which nothing was tried. */
export interface DeclarationTotals {
  changes: number;
  faults: number;
  crashes: number;
  stalls: number;
  /** Work on one message by two instances. */
  lostLeases: number;
  looks: number;
  letters: number;
  /** Removals that took effect nine minutes after they were sent, or later. */
  lateRemovals: number;
  /** What somebody else did to groups in Graph. */
  drifts: number;
  verifications: number;
  hourlyPasses: number;
  purges: number;
  /** Writes of a group that lies on several pages. */
  pagedWrites: number;
  /** Names that went from one to another, came or vanished, and accounts that were deleted. */
  directoryChanges: number;
  /** Answers that refuse a name. */
  namesRefused: number;
}

/** What others have done behind the ledger's back, by group. */
export interface Interference {
  /** In Graph: what the ledger says of the group need not be so until it has been compared. */
  readonly drifted: Set<string>;
  /** In Graph, where no comparison can show it: members are missing, for only the group itself can be read. */
  readonly hidden: Set<string>;
  /** On the queue: its looks are gone. */
  readonly purged: Set<string>;
  /** Producers' messages were deleted before they were read. */
  wasPurged: boolean;
}

/** The state of a run of declarations besides the world. */
export interface DeclarationRun {
  readonly world: World;
  readonly settings: DeclarationSettings;
  readonly broken: DeclarationBreak;
  /** How groups were before the run began. */
  readonly past: Map<string, Told>;
  readonly history: (groupId: string) => History;
  readonly histories: () => Iterable<History>;
  readonly interference: Interference;
  readonly totals: DeclarationTotals;
  readonly report: (violation: Violation) => void;
  readonly isCalm: () => boolean;
}

export function newTotals(): DeclarationTotals {
  return {
    changes: 0,
    faults: 0,
    crashes: 0,
    stalls: 0,
    lostLeases: 0,
    looks: 0,
    letters: 0,
    lateRemovals: 0,
    drifts: 0,
    verifications: 0,
    hourlyPasses: 0,
    purges: 0,
    pagedWrites: 0,
    directoryChanges: 0,
    namesRefused: 0,
  };
}

export const connectionId = 'contosohr';
/** They lie in the last two of the connection's 16 partitions: a verification from there on is short. */
export const groupIds = ['group16', 'group1'] as const;
