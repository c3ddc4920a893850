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
    .description('show, create and authorize external connections')
    .helpCommand(false);
  const identity = ['--identity <client id>', 'client id of the app’s managed identity', readGuid] as const;

  const show = connection
    .command('show')
    .description('show whether it exists, and whether the identity may write to it')
    .argument('<connection>', 'connection id', readConnectionId)
    .option(...identity);
  withGraphOptions(show).action(async (id: string, options: ConnectionOptions) =>
    endWith(await showConnection(id, options, context)),
  );

  const create = connection
    .command('create')
    .description('create it as the signed-in app')
    .argument('<connection>', 'connection id', readConnectionId)
    .requiredOption('--name <name>', 'display name')
    .option('--description <text>', 'what it is for')
    .option(...identity)
    .option('--dry-run', 'only print what would be done');
  withGraphOptions(create).action(
    async (id: string, options: ConnectionOptions & { name: string; description?: string }) =>
      endWith(await createOwnConnection(id, options, context)),
  );

  const authorize = connection
    .command('authorize')
    .description('allow the identity to write to it')
    .argument('<connection>', 'connection id', readConnectionId)
    .requiredOption(...identity)
    .option('--dry-run', 'only print what would be done');
  withGraphOptions(authorize).action(async (id: string, options: ConnectionOptions & { identity: string }) =>
    endWith(await authorizeConnection(id, options, context)),
  );
}
