import type { Command } from 'commander';
import { defaultKeyVariable } from '../../where/http-target.ts';

/** Options that choose the adapter, and how it is asked. */
export function withAdapter(command: Command): Command {
  return command
    .option('--url <url>', 'root of the functions app (default: the local stack)')
    .option('--key <variable>', `environment variable that holds the function key (${defaultKeyVariable})`)
    .option(
      '--signing-secret <variable>',
      'environment variable that holds a Standard Webhooks secret, to sign changes',
    );
}
