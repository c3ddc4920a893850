import { type Command, Option } from 'commander';
import { recordStates } from '../../../src/ledger/group-record.ts';
import { settingCatalogue } from '../../../src/settings/catalogue.ts';
import type { Context, EndWith } from '../../context.ts';
import { defaultKeyVariable } from '../../where/http-target.ts';
import { withStorageOptions } from '../../where/options.ts';
import { wholeNumber } from '../arguments.ts';
import { withGraphOptions } from '../graph-options.ts';
import { type ApplyOptions, applyGroups } from './apply-groups.ts';
import { type ExplainOptions, explainGroup } from './explain-group.ts';
import { type ExportOptions, exportGroups } from './export-groups.ts';
import { type GroupOptions, type ListOptions, listGroups, listMembers, showGroup } from './read-groups.ts';
import { type RequeueOptions, reassertGroups, retryGroups } from './requeue-groups.ts';
import { type VerifyOptions, verifyGroups } from './verify-groups.ts';

const connectionOption = ['--connection <id>', 'connection of the group'] as const;

export function addGroupCommands(program: Command, context: Context, endWith: EndWith): void {
  const groups = program
    .command('groups')
    .description('declared groups and their members')
    .helpCommand(false);

  const withState = (command: Command, states: readonly string[]) =>
    command.addOption(new Option('--state <state>', 'only those in this state').choices(states));
  const ofConnection = (command: Command) => withAdapter(command.requiredOption(...connectionOption));

  ofConnection(withState(groups.command('list'), [...recordStates, 'deleted']))
    .description('list the declared groups of a connection')
    .option('--json', 'JSON on stdout and nothing else there')
    .action(async (options: ListOptions) => endWith(await listGroups(options, context)));

  ofConnection(groups.command('show'))
    .description('show the record of a group')
    .argument('<id>', 'group id')
    .option('--json', 'JSON on stdout and nothing else there')
    .action(async (id: string, options: GroupOptions) => endWith(await showGroup(id, options, context)));

  ofConnection(withState(groups.command('members'), recordStates))
    .description('list the members of a group, as the ledger knows them')
    .argument('<id>', 'group id')
    .option('--json', 'JSON on stdout and nothing else there')
    .action(async (id: string, options: ListOptions) => endWith(await listMembers(id, options, context)));

  ofConnection(withState(groups.command('export'), recordStates))
    .description('write groups and members in a form that apply takes')
    .addOption(new Option('--format <format>', 'what to write').choices(['csv', 'ndjson']).default('csv'))
    .option('--output <file>', 'write there instead of to stdout')
    .action(async (options: ExportOptions) => endWith(await exportGroups(options, context)));

  withAdapter(groups.command('apply'))
    .description('make the groups that a file names what the file says')
    .argument('<file>', 'CSV or NDJSON, or - for stdin')
    .option('--connection <id>', 'connection of the groups whose line names none')
    .addOption(new Option('--format <format>', 'of the file; else by its name').choices(['csv', 'ndjson']))
    .option('--dry-run', 'only print the plan')
    .option(
      '--removals <n>',
      'members that may be removed from a group where they are many: 120, or night=120 for one group (repeatable)',
      (text: string, before: readonly string[]) => [...before, text],
      [] as readonly string[],
    )
    .option('--prune', 'delete the groups of the connection that the file does not name')
    .option('--deletions <n>', 'groups that --prune may delete where they are many', wholeNumber(0, 1e9), 0)
    .option(
      '--sequence <n>',
      'order of this change among others of the same groups: a version, or the time in milliseconds',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .option('--wait <seconds>', 'wait for what is under way at the end', wholeNumber(0, 86_400), 600)
    .addOption(
      new Option('--id-characters <set>', 'characters of a group id, as the app is set')
        .choices(['alphanumeric', 'base64url'])
        .default(settingCatalogue.GROUP_ID_CHARACTERS.default)
        .env('GROUP_ID_CHARACTERS'),
    )
    .option('--json', 'JSON on stdout and nothing else there, a document on each line')
    .addHelpText(
      'after',
      `
The file is the whole truth for the groups that it names; other groups are left alone, without --prune.
NDJSON: {"id": …, "displayName": …, "description": …, "members": [{"type": "user", "id": …}]} on each line;
a line without "members" says nothing about them.
CSV: a header and a line for each member, with the columns groupId, displayName, description, memberType, memberId.

A group that would lose more than 10 members, and more than half, is held until you say how many (--removals).

Exit codes: 0 all is as the file says; 1 something was refused or failed; 2 wrong usage;
4 changes pending (--dry-run, or still under way after --wait); 5 held: too many removals.`,
    )
    .action(async (file: string, options: ApplyOptions) =>
      endWith(await applyGroups(file, options, context)),
    );

  for (const [name, requeue, description] of [
    ['retry', retryGroups, 'let the adapter try again what failed'],
    ['reassert', reassertGroups, 'let the adapter write all that is recorded to Graph anew, removals too'],
  ] as const) {
    const command = ofConnection(groups.command(name))
      .description(description)
      .argument('[id...]', 'group ids')
      .option('--all', name === 'retry' ? 'every group that has failed' : 'every declared group')
      .option('--yes', 'do not ask');
    withStorageOptions(command).action(async (ids: string[], options: RequeueOptions) =>
      endWith(await requeue(ids, options, context)),
    );
  }

  const verify = groups
    .command('verify')
    .description('let the adapter read groups back from Graph now and put right what others have changed')
    .requiredOption('--connection <id>', 'connection of the groups');
  withStorageOptions(verify).action(async (options: VerifyOptions) =>
    endWith(await verifyGroups(options, context)),
  );

  withGraphOptions(ofConnection(groups.command('explain')))
    .description('say step by step how a group stands, what differs and what it waits for')
    .argument('<id>', 'group id')
    .action(async (id: string, options: ExplainOptions) => endWith(await explainGroup(id, options, context)));
}

function withAdapter(command: Command): Command {
  return command
    .option('--url <url>', 'root of the functions app; without it the local stack')
    .option('--key <variable>', `environment variable that holds the function key (${defaultKeyVariable})`)
    .option(
      '--signing-secret <variable>',
      'environment variable that holds a Standard Webhooks secret, where the app asks for signatures',
    );
}
