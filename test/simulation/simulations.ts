import { breaks } from './creations/breaks.ts';
import { simulateCreations } from './creations/simulate-creations.ts';
import { declarationBreaks } from './declarations/breaks.ts';
import { simulateDeclarations } from './declarations/simulate-declarations.ts';

/** The result of one schedule. */
export interface Run {
  readonly seed: number;
  readonly steps: number;
  /** How much happened, by name. */
  readonly totals: Readonly<Record<string, number>>;
  /** The first violation; null: none. */
  readonly violation: (Error & { readonly rule: string }) | null;
  readonly timeline: readonly string[];
}

export interface PlayOptions {
  readonly keepTimeline?: boolean;
  /** The name of a deliberate bug in the app. */
  readonly break?: string | undefined;
}

export interface Simulation {
  /** Plays the schedule of a seed. */
  readonly play: (seed: number, options?: PlayOptions) => Promise<Run>;
  /** The available deliberate bugs, as text. */
  readonly breaks: Readonly<Record<string, { readonly words: string }>>;
}

/** Everything that can be simulated. */
export const simulations = {
  creations: { play: simulateCreations, breaks },
  declarations: { play: simulateDeclarations, breaks: declarationBreaks },
} as const satisfies Readonly<Record<string, Simulation>>;

export type SimulationName = keyof typeof simulations;
