import { eachLimited } from '../../../src/shared/each-limited.ts';
import { storageWithin } from '../../../src/storage/bounds.ts';
import { createQueueSender, queueNames } from '../../../src/storage/queues.ts';
import type { Context } from '../../context.ts';
import { type ExitCode, exitCodes, usageFailure } from '../../failure.ts';
import type { Again } from '../../groups/ledger-client.ts';
import { openLedger } from '../../groups/open-ledger.ts';
import { count, printable } from '../../terminal/printable.ts';
import { findStorage, type StorageOptions } from '../../where/storage-target.ts';
import type { GroupOptions } from './read-groups.ts';

export interface RequeueOptions extends GroupOptions, StorageOptions {
  /** Every failed group for `retry`, every declared one for `reassert`. */
  readonly all?: boolean;
  readonly yes?: boolean;
}

/** Messages sent concurrently. */
const atATime = 16;

/** `groups retry`: lets the adapter retry what failed. */
export function retryGroups(
  ids: readonly string[],
  options: RequeueOptions,
  context: Context,
): Promise<ExitCode> {
  return requeue('retry', ids, options, context);
}

/** `groups reassert`: lets the adapter write everything recorded to Graph again, including removals. */
export function reassertGroups(
  ids: readonly string[],
  options: RequeueOptions,
  context: Context,
): Promise<ExitCode> {
  return requeue('reassert', ids, options, context);
}

export interface ResequenceOptions extends GroupOptions, StorageOptions {
  readonly sequence: number;
}

/** `groups resequence`: mends a sequence that was sent by mistake. */
export async function resequenceGroups(
  ids: readonly string[],
  options: ResequenceOptions,
  context: Context,
): Promise<ExitCode> {
  const content = { resequence: options.sequence };
  return sendAll(ids, 'resequence', openQueueSender(content, options, context), context);
}

async function requeue(
  what: Again,
  given: readonly string[],
  options: RequeueOptions,
  context: Context,
): Promise<ExitCode> {
  const { console } = context;
  if (given.length > 0 === (options.all === true)) throw usageFailure('Specify group ids, or --all.');
  const { connection: connectionId } = options;
  const sender = openSender(what, options, context);
  const ids = options.all === true ? await allOf(what, options, context) : given;
  if (what === 'reassert' && options.all === true && ids.length > 0 && options.yes !== true) {
    const question = `Write ${count(ids.length, 'group')} of ${connectionId} with all members to Graph again?`;
    const isConfirmed = await (console.confirm(question) ?? noTerminal());
    if (!isConfirmed) return exitCodes.failed;
  }
  return sendAll(ids, what, sender, context);
}

/** One message or call for each group. */
async function sendAll(
  ids: readonly string[],
  what: Again | 'resequence',
  { send, label }: Sender,
  { console, interrupted }: Context,
): Promise<ExitCode> {
  let sent = 0;
  await eachLimited(ids, atATime, async (groupId) => {
    if (interrupted.aborted) return;
    if (await send(groupId)) sent += 1;
  });
  await console.document({ [what]: sent, groups: ids.length });
  console.line(ids.length === 0 ? 'No group has failed.' : `${count(sent, 'group')} ${label}.`);
  if (interrupted.aborted) console.note(`Interrupted: ${ids.length - sent} were not sent.`);
  return sent === ids.length ? exitCodes.ok : exitCodes.failed;
}

interface Sender {
  /** False: the adapter refuses it, and the operator has been told. */
  readonly send: (groupId: string) => Promise<boolean>;
  /** What has become of a group that was sent. */
  readonly label: string;
}

/** With a secret to sign with, the adapter is asked; otherwise a message is put on its queue. */
function openSender(what: Again, options: RequeueOptions, context: Context): Sender {
  const { connection: connectionId } = options;
  if (options.signingSecret !== undefined) {
    const { ledger, target } = openLedger(options, context);
    return {
      send: async (id) => {
        const answer = await ledger.again({ connectionId, id }, what);
        // What was recorded and failed again is in the ledger, as with a message.
        if (answer.kind === 'recorded' || answer.record !== undefined) return true;
        context.console.note(printable(`${id}: ${answer.code}  ${answer.detail}`, 300));
        return false;
      },
      label: `sent to ${target.url}`,
    };
  }
  return openQueueSender({ [what]: true }, options, context);
}

function openQueueSender(
  content: Readonly<Record<string, true | number>>,
  { connection: connectionId, ...options }: GroupOptions & StorageOptions,
  { env, folder }: Context,
): Sender {
  const { setting, credentialFor, label } = findStorage(options, env, folder);
  const send = createQueueSender(setting, credentialFor).send;
  return {
    send: async (groupId) => {
      const message = { connectionId, groupId, ...content };
      await send(queueNames.changes, message, { delay: 0, within: storageWithin.queue });
      return true;
    },
    label: `put on the queue of ${label}`,
  };
}

async function allOf(what: Again, options: GroupOptions, context: Context): Promise<readonly string[]> {
  const { ledger } = openLedger(options, context);
  const ids: string[] = [];
  for await (const { id } of ledger.listGroups(options.connection, what === 'retry' ? 'failed' : undefined))
    ids.push(id);
  return ids.sort();
}

function noTerminal(): never {
  throw usageFailure('Without a terminal for the confirmation, reasserting all groups needs --yes.');
}
