import { type Command, Option } from 'commander';
import { recordStates } from '../../../src/ledger/core/group-record.ts';
import type { Context, EndWith } from '../../context.ts';
import { withStorageOptions } from '../../where/options.ts';
import { wholeNumber } from '../arguments.ts';
import { readConnectionId, withGraphOptions } from '../graph-options.ts';
import { withAdapter } from './adapter-options.ts';
import { addApplyCommand } from './apply-options.ts';
import { type ExplainOptions, explainGroup } from './explain-group.ts';
import { type ExportOptions, exportGroups } from './export-groups.ts';
import { type ForgetOptions, forgetGroups } from './forget-groups.ts';
import {
  type GroupOptions,
  type ListGroupsOptions,
  type ListMembersOptions,
  listGroups,
  listMembers,
  showGroup,
} from './read-groups.ts';
import {
  type RequeueOptions,
  type ResequenceOptions,
  reassertGroups,
  resequenceGroups,
  retryGroups,
} from './requeue-groups.ts';
import { type VerifyOptions, verifyGroups } from './verify-groups.ts';

const connectionOption = ['--connection <id>', 'connection of the group', readConnectionId] as const;

export function addGroupCommands(program: Command, context: Context, endWith: EndWith): void {
  const groups = program
    .command('groups')
    .description('declared groups and their members')
    .helpCommand(false);

  const withState = (command: Command, states: readonly string[]) =>
    command.addOption(new Option('--state <state>', 'only those in this state').choices(states));
  const ofConnection = (command: Command) => withAdapter(command.requiredOption(...connectionOption));

  ofConnection(withState(groups.command('list'), [...recordStates, 'deleted']))
    .description('list the declared groups of a connection, or those that somebody is in')
    .option(
      '--member <id or name>',
      'only groups that this member is in, directly or through other groups: an id, a mail address or sign-in name, or employeeId:1001',
    )
    .option('--json', 'print only JSON on stdout')
    .action(async (options: ListGroupsOptions) => endWith(await listGroups(options, context)));

  ofConnection(groups.command('show'))
    .description('show the record of a group')
    .argument('<id>', 'group id')
    .option('--json', 'print only JSON on stdout')
    .action(async (id: string, options: GroupOptions) => endWith(await showGroup(id, options, context)));

  ofConnection(withState(groups.command('members'), recordStates))
    .description('list the members of a group as recorded in the ledger')
    .argument('<id>', 'group id')
    .option('--names', 'show the names of users, with your own Azure CLI sign-in')
    .option('--json', 'print only JSON on stdout')
    .action(async (id: string, options: ListMembersOptions) =>
      endWith(await listMembers(id, options, context)),
    );

  ofConnection(withState(groups.command('export'), recordStates))
    .description('write groups and members in a form that apply reads back')
    .addOption(new Option('--format <format>', 'output format').choices(['csv', 'ndjson']).default('csv'))
    .option('--output <file>', 'write to this file, readable only by you, instead of stdout')
    .option('--force', 'overwrite the --output file')
    .addHelpText(
      'after',
      `
In CSV, a name that a spreadsheet would take for a formula starts with an apostrophe, and an empty name is a single
apostrophe; apply removes them. "declared" is "members" for a group of which only the members were declared.`,
    )
    .action(async (options: ExportOptions) => endWith(await exportGroups(options, context)));

  addApplyCommand(groups, context, endWith);

  for (const [name, requeue, description] of [
    ['retry', retryGroups, 'let the adapter retry what failed'],
    [
      'reassert',
      reassertGroups,
      'let the adapter write everything recorded to Graph again, including removals',
    ],
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

  const resequence = ofConnection(groups.command('resequence'))
    .description(
      'correct a sequence sent by mistake: everything that the groups have counts as of another sequence',
    )
    .argument('<id...>', 'group ids')
    .requiredOption(
      '--sequence <n>',
      'the sequence as of which everything counts',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    );
  withStorageOptions(resequence).action(async (ids: string[], options: ResequenceOptions) =>
    endWith(await resequenceGroups(ids, options, context)),
  );

  const verify = groups
    .command('verify')
    .description('let the adapter read groups back from Graph now and undo changes made by others')
    .requiredOption('--connection <id>', 'connection of the groups', readConnectionId);
  withStorageOptions(verify).action(async (options: VerifyOptions) =>
    endWith(await verifyGroups(options, context)),
  );

  const forget = groups
    .command('forget')
    .description(
      'remove groups that were recorded by mistake from the ledger, if nothing of them is in Graph',
    )
    .argument('<id...>', 'group ids')
    .requiredOption('--connection <id>', 'connection of the groups', readConnectionId)
    .option('--yes', 'do not ask');
  withStorageOptions(forget).action(async (ids: string[], options: ForgetOptions) =>
    endWith(await forgetGroups(ids, options, context)),
  );

  withGraphOptions(ofConnection(groups.command('explain')))
    .description('show step by step the state of a group, what differs, and what it waits for')
    .argument('<id>', 'group id')
    .action(async (id: string, options: ExplainOptions) => endWith(await explainGroup(id, options, context)));
}
