import type { Command } from 'commander';

/** Options for the storage account and the output format: the same on every command. */
export function withStorageOptions(command: Command): Command {
  return command
    .option('--storage <variable>', 'environment variable that holds a storage connection string')
    .option('--account <name>', 'storage account, accessed with your Azure CLI sign-in')
    .option('--json', 'print only JSON on stdout');
}
