import type { Command } from 'commander';
import type { Context, EndWith } from '../context.ts';
import {
  authorizeConnection,
  type ConnectionOptions,
  createOwnConnection,
  showConnection,
} from './connection.ts';
import { readConnectionId, readGuid, withGraphOptions } from './graph-options.ts';

export function addConnectionCommands(program: Command, context: Context, endWith: EndWith): void {
  const connection = program
    .command('connection')
    .description('the external connection, and who may write to it')
    .helpCommand(false);
  const identity = ['--identity <client id>', 'client id of the app’s managed identity', readGuid] as const;

  const show = connection
    .command('show')
    .description('whether it is there, and whether the identity may write to it')
    .argument('<connection>', 'connection id', readConnectionId)
    .option(...identity);
  withGraphOptions(show).action(async (id: string, options: ConnectionOptions) =>
    endWith(await showConnection(id, options, context)),
  );

  const create = connection
    .command('create')
    .description('create it as the app that is signed in')
    .argument('<connection>', 'connection id', readConnectionId)
    .requiredOption('--name <name>', 'name for people')
    .option('--description <text>', 'what it is for')
    .option(...identity)
    .option('--dry-run', 'only say what would be done');
  withGraphOptions(create).action(
    async (id: string, options: ConnectionOptions & { name: string; description?: string }) =>
      endWith(await createOwnConnection(id, options, context)),
  );

  const authorize = connection
    .command('authorize')
    .description('let the identity write to it')
    .argument('<connection>', 'connection id', readConnectionId)
    .requiredOption(...identity)
    .option('--dry-run', 'only say what would be done');
  withGraphOptions(authorize).action(async (id: string, options: ConnectionOptions & { identity: string }) =>
    endWith(await authorizeConnection(id, options, context)),
  );
}
