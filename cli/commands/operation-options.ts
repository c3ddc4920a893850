import { type Command, Option } from 'commander';
import { operationStatuses } from '../../src/creations/operations/operation.ts';
import type { Context, EndWith } from '../context.ts';
import { withStorageOptions } from '../where/options.ts';
import { wholeNumber } from './arguments.ts';
import { readConnectionId } from './graph-options.ts';
import { type ListOperationsOptions, listOperations } from './list-operations.ts';
import { type ShowOperationOptions, showOperation } from './show-operation.ts';

export function addOperationCommands(program: Command, context: Context, endWith: EndWith): void {
  const operations = program
    .command('operations')
    .description('deferred creations and their status')
    .helpCommand(false);

  const list = operations
    .command('list')
    .description('list operations, the latest action first')
    .addOption(new Option('--state <state>', 'only those in this state').choices(operationStatuses))
    .option('--connection <id>', 'only those of this connection', readConnectionId)
    .option('--since <time>', 'only those with an action since this time: 30m, 2h, 7d, or 2026-11-30T03:00Z')
    .option('--limit <n>', 'show at most this many', wholeNumber(1, 1_000_000), 100)
    .option('--watch', 'then show every change until Ctrl-C');
  withStorageOptions(list).action(async (options: ListOperationsOptions) =>
    endWith(await listOperations(options, context)),
  );

  const show = operations
    .command('show')
    .description('show an operation')
    .argument('<id>', 'operation id')
    .option('--watch', 'show every change until it has succeeded or failed');
  withStorageOptions(show).action(async (id: string, options: ShowOperationOptions) =>
    endWith(await showOperation(id, options, context)),
  );
}
