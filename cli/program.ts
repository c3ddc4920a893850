import { Command, type CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { addConnectionCommands } from './commands/connection-options.ts';
import { addDeadLetterCommands } from './commands/dead-letter-options.ts';
import { addDoctorCommand } from './commands/doctor-options.ts';
import { addFindCommand } from './commands/find.ts';
import { addGrantCommand } from './commands/grant-options.ts';
import { addGroupCommands } from './commands/groups/groups-options.ts';
import { addOperationCommands } from './commands/operation-options.ts';
import { addSendCommand } from './commands/send-options.ts';
import { addSignCommand } from './commands/sign.ts';
import { addStatusCommand } from './commands/status.ts';
import type { Context, EndWith } from './context.ts';

/** The command line: its commands, options and help texts. */
export function createProgram(context: Context, endWith: EndWith): Command {
  const program = new Command('external-groups')
    .description(
      'Operates external-groups-adapter: checks the setup, grants permissions, sends groups, and manages groups, dead letters and operations.',
    )
    .version(packageJson.version)
    .helpCommand(false)
    .showHelpAfterError('Use --help for usage.')
    .addHelpText(
      'after',
      `
Storage account: the local stack ("npm start"), unless you choose another one:
  --storage <variable>   an environment variable that holds a connection string
  --account <name>       a storage account, with your Azure CLI sign-in
  AzureWebJobsStorage    in the environment, in any form that the app accepts

Exit codes: 0 done; 1 something was refused or failed; 2 wrong usage; 3 not signed in or not permitted;
4 changes are pending; 5 held: too many removals.`,
    );
  addStatusCommand(program, context, endWith);
  addFindCommand(program, context, endWith);
  addDeadLetterCommands(program, context, endWith);
  addGroupCommands(program, context, endWith);
  addOperationCommands(program, context, endWith);
  addSendCommand(program, context, endWith);
  addSignCommand(program, context, endWith);
  addDoctorCommand(program, context, endWith);
  addGrantCommand(program, context, endWith);
  addConnectionCommands(program, context, endWith);
  // Last, because it must reach every command.
  throwInsteadOfExit(program);
  return program;
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride((ended: CommanderError) => {
    throw ended;
  });
  for (const child of command.commands) throwInsteadOfExit(child);
}
