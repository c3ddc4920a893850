import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment, type Variables } from '../../../local/stack/clean-environment.ts';

/** What `test/build-cli.ts` has built. */
const entry = fileURLToPath(new URL('../../../dist/cli/external-groups.js', import.meta.url));

export interface CliOptions {
  readonly folder: string;
  readonly env?: Variables;
  readonly stdin?: string;
}

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly ended: Promise<CliResult>;
}

/** Starts the CLI as a separate process, without the shell's settings. */
export function startCli(args: readonly string[], options: CliOptions): RunningCli {
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: options.folder,
    env: cleanEnvironment(process.env, options.env ?? {}),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  child.stdin.end(options.stdin ?? '');
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...output }));
  return { child, ended };
}

/** Runs the CLI until it ends. */
export function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return startCli(args, options).ended;
}

/** The lines of stdout. */
export function documents({ stdout }: CliResult) {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** The only document on stdout. */
export function document(result: CliResult) {
  const [first, ...rest] = documents(result);
  if (rest.length > 0) throw new Error(`more than one document: ${result.stdout}`);
  return first;
}
