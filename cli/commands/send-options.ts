import { type Command, Option } from 'commander';
import { settingCatalogue } from '../../src/settings/catalogue.ts';
import type { Context, EndWith } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { sendEvent } from '../send/send-event.ts';
import { defaultKeyVariable } from '../where/http-target.ts';
import { withStorageOptions } from '../where/options.ts';
import { wholeNumber } from './arguments.ts';
import { readConnectionId } from './graph-options.ts';
import { type SendOptions, send } from './send.ts';

type Given = SendOptions & { readonly source?: string };

/** Options that only groups have. */
const ofGroups = ['connection', 'url', 'key', 'resume', 'report'] as const;

export function addSendCommand(program: Command, context: Context, endWith: EndWith): void {
  const command = program
    .command('send')
    .description('send a group, a file with one group per line (NDJSON), or an event of a source')
    .argument('<file>', 'the file, or - for stdin')
    .option('--connection <id>', 'connection of groups whose line does not name one', readConnectionId)
    .addOption(new Option('--to <target>', 'where the groups go').choices(['queue', 'http']).default('queue'))
    .option('--url <url>', 'with --to http: root of the functions app')
    .option('--key <variable>', `environment variable that holds the function key (${defaultKeyVariable})`)
    .option(
      '--source <name>',
      'the file is one event of this source, to be handled as if the source had sent it',
    )
    .option('--concurrency <n>', 'groups sent at the same time', wholeNumber(1, 256), 16)
    .option('--resume', 'continue where an earlier send of this file stopped')
    .option('--report <file>', 'write every refusal to this file, as NDJSON')
    .addOption(
      new Option('--id-characters <set>', 'characters allowed in a group id, as set in the app')
        .choices(['alphanumeric', 'base64url'])
        .default(settingCatalogue.GROUP_ID_CHARACTERS.default)
        .env('GROUP_ID_CHARACTERS'),
    )
    .addHelpText(
      'after',
      `
A line is a group, {"id": …, "displayName": …, "description": …}, or {"connectionId": …, "group": {…}}.
A file with one such document can have several lines.`,
    );
  withStorageOptions(command).action(async (file: string, { source, ...options }: Given) => {
    if (source === undefined) return endWith(await send(file, options, context));
    const other = ofGroups.find((name) => options[name] !== undefined);
    if (other !== undefined || options.to === 'http')
      throw usageFailure(
        `--source sends one event to the queue; --${other ?? 'to http'} cannot be combined with it.`,
      );
    return endWith(await sendEvent(file, { source, ...options }, context));
  });
}
