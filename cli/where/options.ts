import type { Command } from 'commander';

/** Options that say which storage account is meant, and how to speak: the same on every command. */
export function withStorageOptions(command: Command): Command {
  return command
    .option('--storage <variable>', 'environment variable that holds a storage connection string')
    .option('--account <name>', 'storage account, reached with the sign-in of the Azure CLI')
    .option('--json', 'JSON on stdout and nothing else there');
}
