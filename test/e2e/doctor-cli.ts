import type { Stack } from '../../local/stack/stack.ts';
import { describeStack } from '../../local/stack/stack-file.ts';
import type { Check } from '../../src/diagnostics/check.ts';
import { type CliResult, document, runCli } from '../integration/cli/run-cli.ts';
import { createWorkspace, type Workspace } from '../integration/cli/workspace.ts';

/** The operator's command line for a running stack. */
export interface Operator {
  readonly run: (...args: string[]) => Promise<CliResult>;
  /** The results of `doctor`, by the ids of its checks. */
  readonly doctor: () => Promise<ReadonlyMap<string, Check>>;
  /** Writes a file into the folder in which the commands run. */
  readonly write: (name: string, text: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** As after `npm start`: the command line reads `.local/stack.json`. */
export async function startOperator(stack: Stack): Promise<Operator> {
  const workspace: Workspace = await createWorkspace();
  const run = async (...args: string[]) => {
    await workspace.writeStack(describeStack(stack, stack.host?.url ?? ''));
    return runCli(args, { folder: workspace.folder });
  };
  return {
    run,
    doctor: async () => {
      const { checks, passed } = document(await run('doctor', '--json')) as {
        readonly checks: readonly Check[];
        readonly passed: boolean;
      };
      const byId = new Map(checks.map((check) => [check.id, check]));
      if (passed !== checks.every(({ status }) => status !== 'failed'))
        throw new Error('passed and checks differ');
      return byId;
    },
    write: workspace.write,
    close: () => workspace.remove(),
  };
}
