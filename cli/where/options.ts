import type { Command } from 'commander';

/** Options for the storage account and the output format: the same on every command. */
export function withStorageOptions(command: Command): Command {
  return command
    .option('--storage <variable>', 'environment variable that holds a storage connection string')
    .option('--account <name>', 'storage account, accessed with the sign-in of the Azure CLI')
    .option('--json', 'print only JSON on stdout');
}
