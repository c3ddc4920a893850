/** The exit codes of commands, documented in docs/cli.md. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notPermitted: 3,
  pending: 4,
  tooManyRemovals: 5,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command with one sentence for the operator. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;

  constructor(sentence: string, exitCode: ExitCode = exitCodes.failed, cause?: unknown) {
    super(sentence, cause === undefined ? {} : { cause });
    this.exitCode = exitCode;
  }
}

/** The command was used in a way that cannot work. */
export function usageFailure(sentence: string): Failure {
  return new Failure(sentence, exitCodes.usage);
}
