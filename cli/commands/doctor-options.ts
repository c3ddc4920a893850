import type { Command } from 'commander';
import type { Context, EndWith } from '../context.ts';
import { type AppOptions, masterKeyVariable } from '../where/app-target.ts';
import { doctor } from './doctor.ts';

export function addDoctorCommand(program: Command, context: Context, endWith: EndWith): void {
  program
    .command('doctor')
    .description('check everything that must hold before a group arrives in Graph, and say what to do')
    .option('--url <url>', 'root of the functions app (AZURE_FUNCTION_APP_URL; else the local stack)')
    .option('--key <variable>', `environment variable that holds the master key (${masterKeyVariable})`)
    .option('--json', 'JSON on stdout and nothing else there')
    .action(async (options: AppOptions) => endWith(await doctor(options, context)));
}
