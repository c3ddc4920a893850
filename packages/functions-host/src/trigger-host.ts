import type { FunctionSummary } from './function-summary.ts';

/** Runs a function once by hand, with the input of the call; rejects with what the function threw. */
export type ManualRun = (input: string) => Promise<void>;

/** What serves the functions of one kind of trigger. */
export interface TriggerHost {
  functions: FunctionSummary[];
  /** By the function's name in lower case; POST /admin/functions/{name} uses it. */
  manualRuns: ReadonlyMap<string, ManualRun>;
  begin(): void;
  /** Starts nothing more; running invocations are finished. */
  stop(): void;
  /** How many invocations, or steps towards one, are in progress. */
  active(): number;
}
