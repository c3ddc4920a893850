import { CommanderError } from 'commander';
import { explainError } from './explain-error.ts';
import { type ExitCode, exitCodes } from './failure.ts';
import { createProgram } from './program.ts';
import { createConsole } from './terminal/console.ts';
import { onInterruption } from './terminal/interruption.ts';

/** Runs one command line and resolves with its exit code; never rejects. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  const { stdout, stderr, stdin, env } = process;
  const json = args.includes('--json');
  const console = createConsole({ stdin, stdout, stderr, env, json });
  const interruption = onInterruption(console.note);
  let code: ExitCode = exitCodes.ok;
  const program = createProgram(
    { console, env, folder: process.cwd(), now: Date.now, interrupted: interruption.signal },
    (exitCode) => {
      code = exitCode;
    },
  );
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (thrown) {
    // Commander has already printed: help on stdout, or a usage error on stderr.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const { sentence, exitCode } = explainError(thrown);
    console.error(sentence);
    return exitCode;
  } finally {
    interruption.end();
  }
}
