import type { Command } from 'commander';
import { neededGraphRole } from '../../src/settings/permissions.ts';
import type { Context, EndWith } from '../context.ts';
import { type GrantOptions, grant } from './grant.ts';
import { readGuid, readRole, withGraphOptions } from './graph-options.ts';

export function addGrantCommand(program: Command, context: Context, endWith: EndWith): void {
  const command = program
    .command('grant')
    .description('grant the app’s managed identity its application role of Microsoft Graph')
    .requiredOption('--identity <object id>', 'object id (principal id) of the identity', readGuid)
    .option(
      '--role <value>',
      'application role of Microsoft Graph; MEMBER_NAMES needs a second one: User.ReadBasic.All, or User.Read.All for employeeId and sid',
      readRole,
      neededGraphRole,
    )
    .option('--dry-run', 'only print what would be done');
  withGraphOptions(command).action(async (options: GrantOptions) => endWith(await grant(options, context)));
}
