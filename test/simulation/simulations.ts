import { breaks } from './creations/breaks.ts';
import { simulateCreations } from './creations/simulate-creations.ts';
import { declarationBreaks } from './declarations/breaks.ts';
import { simulateDeclarations } from './declarations/simulate-declarations.ts';

/** What came of one schedule. */
export interface Run {
  readonly seed: number;
  readonly steps: number;
  /** How much happened, by name. */
  readonly tally: Readonly<Record<string, number>>;
  /** The first thing that must never be, and was; null: there was none. */
  readonly violation: (Error & { readonly rule: string }) | null;
  readonly timeline: readonly string[];
}

export interface PlayOptions {
  readonly keepTimeline?: boolean;
  /** The name of a fault to be put into the app on purpose. */
  readonly break?: string | undefined;
}

export interface Simulation {
  /** Plays the schedule that a seed decides. */
  readonly play: (seed: number, options?: PlayOptions) => Promise<Run>;
  /** The faults that can be put in on purpose, in words. */
  readonly breaks: Readonly<Record<string, { readonly words: string }>>;
}

/** Everything that can be simulated. */
export const simulations = {
  creations: { play: simulateCreations, breaks },
  declarations: { play: simulateDeclarations, breaks: declarationBreaks },
} as const satisfies Readonly<Record<string, Simulation>>;

export type SimulationName = keyof typeof simulations;
