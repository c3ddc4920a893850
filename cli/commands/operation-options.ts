import type { Command } from 'commander';
import type { Context, EndWith } from '../context.ts';
import { withStorageOptions } from '../where/options.ts';
import { type ShowOperationOptions, showOperation } from './show-operation.ts';

export function addOperationCommands(program: Command, context: Context, endWith: EndWith): void {
  const operations = program
    .command('operations')
    .description('deferred creations and their status')
    .helpCommand(false);

  const show = operations
    .command('show')
    .description('show an operation')
    .argument('<id>', 'operation id')
    .option('--watch', 'show every change until it has succeeded or failed');
  withStorageOptions(show).action(async (id: string, options: ShowOperationOptions) =>
    endWith(await showOperation(id, options, context)),
  );
}
