import type { Environment } from '../src/settings/settings.ts';
import type { ExitCode } from './failure.ts';
import type { Console } from './terminal/console.ts';

/** Everything a command needs from outside; it uses nothing else. */
export interface Context {
  readonly console: Console;
  readonly env: Environment;
  /** The current directory. */
  readonly folder: string;
  readonly now: () => number;
  /** Aborts when the operator presses Ctrl-C: commands then finish what they have started and end. */
  readonly interrupted: AbortSignal;
}

/** Reports how a command ended. */
export type EndWith = (exitCode: ExitCode) => void;
