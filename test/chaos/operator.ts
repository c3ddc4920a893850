import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cleanEnvironment } from '../../local/stack/clean-environment.ts';
import type { Stack } from '../../local/stack/stack.ts';

const run = promisify(execFile);
const cli = fileURLToPath(new URL('../../cli/external-groups.ts', import.meta.url));

export interface Operator {
  /** How many dead letters there are, by code. */
  readonly deadLetters: () => Promise<Readonly<Record<string, number>>>;
  /** Redrives those with this code. */
  readonly redrive: (code: string) => Promise<void>;
}

/** Does what an operator would do, with the operator's own tool. */
export function createOperator(stack: Stack): Operator {
  const env = cleanEnvironment(process.env, { AzureWebJobsStorage: stack.azurite.connectionString });
  const call = async (...args: readonly string[]): Promise<unknown> => {
    const command = ['--disable-warning=ExperimentalWarning', cli, 'dead-letters', ...args, '--json'];
    const { stdout } = await run(process.execPath, command, { env, maxBuffer: 64 * 1024 * 1024 });
    return JSON.parse(stdout);
  };
  return {
    deadLetters: async () => {
      const listed = (await call('list', '--limit', '10000')) as { deadLetters: { code: string | null }[] };
      const counts: Record<string, number> = {};
      for (const { code } of listed.deadLetters) counts[code ?? 'none'] = (counts[code ?? 'none'] ?? 0) + 1;
      return counts;
    },
    redrive: async (code) => void (await call('redrive', '--code', code, '--yes')),
  };
}
