import { type Command, InvalidArgumentError } from 'commander';
import { isConnectionId } from '../../src/groups/connection-id.ts';
import type { Context, EndWith } from '../context.ts';
import { browse } from '../dead-letters/browse.ts';
import { summaryOf } from '../dead-letters/format.ts';
import type { Letter } from '../dead-letters/letter.ts';
import { openSession } from '../dead-letters/session.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import type { GroupName } from '../groups/file/desired-group.ts';
import { count } from '../terminal/printable.ts';
import { withStorageOptions } from '../where/options.ts';
import type { StorageOptions } from '../where/storage-target.ts';
import { readQueues } from '../work/queues.ts';
import { openSearch } from '../work/search.ts';
import { describeEvent, isAbout, storyOf, subjectOf } from '../work/story.ts';

/** Seconds that dead letters are hidden from others while more than a handful are read. */
const lease = 120;

export function addFindCommand(program: Command, context: Context, endWith: EndWith): void {
  const find = program
    .command('find')
    .description(
      'show everything that the ledger, operations, queues and dead letters hold about a group, in order of time',
    )
    .argument('<group>', 'connection and group id: contosohr/dayshift', readGroupName);
  withStorageOptions(find).action(async (name: GroupName, options: StorageOptions) =>
    endWith(await findGroup(name, options, context)),
  );
}

/** `find`: what storage has of a group, however it was made; ends with 1 if that is nothing. */
export async function findGroup(
  name: GroupName,
  options: StorageOptions,
  context: Context,
): Promise<ExitCode> {
  const { console, interrupted } = context;
  const session = openSession({ ...options, lease }, context);
  const search = openSearch(session.target, interrupted);
  const { connectionId, id } = name;
  const [record, operations, queues] = await Promise.all([
    search.record(name),
    search.operations({ connection: connectionId, group: id }),
    readQueues(session.target),
  ]);
  const letters: Letter[] = [];
  for await (const letter of browse(session.queue, session.browsing))
    if (isAbout(name, letter)) letters.push(letter);
  const waiting = queues.filter(({ content }) => content !== 'dead-letters');
  const messages = waiting.flatMap(({ visible }) =>
    visible.filter(({ value }) => isAbout(name, subjectOf(value))),
  );
  const unseen = waiting.reduce((sum, { depth, visible }) => sum + depth - visible.length, 0);
  const events = storyOf({ record, operations: operations.found, messages, letters });
  await console.document({
    connectionId,
    groupId: id,
    events,
    record,
    operations: operations.found,
    deadLetters: letters.map(summaryOf),
    messagesNotSeen: unseen,
  });
  const rows = events.map(describeEvent);
  const width = Math.max(0, ...rows.map(([, where]) => where.length));
  for (const [at, where, what] of rows)
    console.line(`${console.paint.dim(at.padEnd(20))}  ${where.padEnd(width)}  ${what}`);
  if (events.length === 0)
    console.line(`Nothing is known of ${connectionId}/${id} in ${session.target.label}.`);
  if (unseen > 0)
    console.note(
      `About ${count(unseen, 'message')} on the queues cannot be read now: they are delayed, in progress, or behind the first 32.`,
    );
  if (interrupted.aborted) console.note('Interrupted: not everything was read.');
  return events.length > 0 && !interrupted.aborted ? exitCodes.ok : exitCodes.failed;
}

function readGroupName(text: string): GroupName {
  const [, connectionId = '', id = ''] = /^([^/]+)\/([\w-]{1,128})$/.exec(text) ?? [];
  if (!isConnectionId(connectionId))
    throw new InvalidArgumentError('Must be a connection and a group id, such as contosohr/dayshift.');
  return { connectionId, id };
}
