import type { Command } from 'commander';
import type { Context, EndWith } from '../context.ts';
import { type AppOptions, masterKeyVariable } from '../where/app-target.ts';
import { doctor } from './doctor.ts';

export function addDoctorCommand(program: Command, context: Context, endWith: EndWith): void {
  program
    .command('doctor')
    .description('check everything that a group needs to reach Graph, and suggest fixes')
    .option(
      '--url <url>',
      'root of the functions app (default: AZURE_FUNCTION_APP_URL, otherwise the local stack)',
    )
    .option('--key <variable>', `environment variable that holds the master key (${masterKeyVariable})`)
    .option('--json', 'print only JSON on stdout')
    .action(async (options: AppOptions) => endWith(await doctor(options, context)));
}
