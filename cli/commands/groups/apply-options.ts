import { type Command, Option } from 'commander';
import { settingCatalogue } from '../../../src/settings/catalogue.ts';
import type { Context, EndWith } from '../../context.ts';
import { wholeNumber } from '../arguments.ts';
import { readConnectionId } from '../graph-options.ts';
import { withAdapter } from './adapter-options.ts';
import { type ApplyOptions, applyGroups } from './apply-groups.ts';

export function addApplyCommand(groups: Command, context: Context, endWith: EndWith): void {
  withAdapter(groups.command('apply'))
    .description('change the groups in a file to match the file')
    .argument('<file>', 'CSV or NDJSON, or - for stdin')
    .option('--connection <id>', 'connection of groups whose line does not name one', readConnectionId)
    .addOption(
      new Option('--format <format>', 'format of the file (default: by its name)').choices(['csv', 'ndjson']),
    )
    .option('--dry-run', 'only print the plan')
    .option('--new-connection', 'do not ask about a connection that neither the ledger nor Graph knows')
    .option(
      '--removals <n>',
      'how many members may be removed from a group: 120, or night=120 for one group (repeatable)',
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .option(
      '--allow-unresolved',
      'also remove members from groups with names that nobody, or several people, have',
    )
    .option('--prune', 'delete the groups of the connection that are not in the file')
    .option('--deletions <n>', 'how many groups --prune may delete', wholeNumber(0, 1e9), 0)
    .option(
      '--sequence <n>',
      'orders this change among other changes of the same groups: a version, or the time in milliseconds',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .option(
      '--wait <seconds>',
      'how long to wait for work in progress at the end',
      wholeNumber(0, 86_400),
      600,
    )
    .addOption(
      new Option('--id-characters <set>', 'characters allowed in a group id, as set in the app')
        .choices(['alphanumeric', 'base64url'])
        .default(settingCatalogue.GROUP_ID_CHARACTERS.default)
        .env('GROUP_ID_CHARACTERS'),
    )
    .option('--json', 'print only JSON on stdout, one document per line')
    .addHelpText(
      'after',
      `
The file is authoritative for the groups that it names. Other groups are left alone, unless you add --prune.
NDJSON: {"id": …, "displayName": …, "description": …, "members": [{"type": "user", "id": …}]} on each line;
a line without "members" does not change them.
CSV: a header and one line per member, with the columns groupId, displayName, description, memberType, and one of
memberId, memberMail, memberUpn, memberEmployeeId and memberSid; separated by commas or semicolons.

Names are looked up in Entra ID with your own Azure CLI sign-in. Lines whose name nobody has, or several people have, are
listed, and the rest is applied; a group with such a line loses nobody, unless you add --allow-unresolved.

A group that would lose more than 10 members, and more than half, is held until you say how many (--removals).

Exit codes: 0 everything is as in the file; 1 something was refused or failed; 2 wrong usage;
4 changes are pending (--dry-run, or still in progress after --wait); 5 held: too many removals.`,
    )
    .action(async (file: string, options: ApplyOptions) =>
      endWith(await applyGroups(file, options, context)),
    );
}
