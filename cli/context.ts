import type { Environment } from '../src/settings/settings.ts';
import type { ExitCode } from './failure.ts';
import type { Console } from './terminal/console.ts';

/** What every command is given: the world outside, and nothing that it could reach by itself. */
export interface Context {
  readonly console: Console;
  readonly env: Environment;
  /** Where the command was called. */
  readonly folder: string;
  readonly now: () => number;
  /** Aborts when the operator presses Ctrl-C: commands then finish what they have begun and end. */
  readonly interrupted: AbortSignal;
}

/** Tells how a command ended. */
export type EndWith = (exitCode: ExitCode) => void;
