import { buffer } from 'node:stream/consumers';
import { sources } from '../../sources/registry.ts';
import { parseJson } from '../../src/http/parse-json.ts';
import { maxEventMessage } from '../../src/ledger/event-message.ts';
import { AdapterError } from '../../src/problems/adapter-error.ts';
import { storageWithin } from '../../src/storage/bounds.ts';
import { createQueueSender, queueNames } from '../../src/storage/queues.ts';
import type { Context } from '../context.ts';
import { explainError, isPassing } from '../explain-error.ts';
import { type ExitCode, exitCodes, Failure, usageFailure } from '../failure.ts';
import { findStorage, type StorageOptions } from '../where/storage-target.ts';
import { openInput, sizeOf, skipByteOrderMark } from './input.ts';
import { isAgain, withRetry } from './retry.ts';

interface SendEventOptions extends StorageOptions {
  readonly source: string;
}

const retry = { maxTries: 5, maxWait: 15 };
/** Bytes of a file at the most; without its white space the event must fit a message. */
const longest = 1024 * 1024;

/** `send --source`: one event of a source to the queue, as if its system had sent it. */
export async function sendEvent(
  path: string,
  { source, ...options }: SendEventOptions,
  { env, folder, interrupted, console, now }: Context,
): Promise<ExitCode> {
  if (!Object.hasOwn(sources, source))
    throw usageFailure(
      `There is no source with that name; the sources are ${Object.keys(sources).join(', ')}.`,
    );
  const event = await readEvent(path);
  const { setting, credentialFor, label } = findStorage(options, env, folder);
  const send = createQueueSender(setting, credentialFor).send;
  const message = { source, event, receivedDateTime: new Date(now()).toISOString() };
  if (Buffer.byteLength(JSON.stringify(message), 'utf8') > maxEventMessage)
    throw new Failure(`An event can have at most ${maxEventMessage / 1024} KiB, without white space.`);
  const attempt = async () => {
    try {
      await send(queueNames.changes, message, { delay: 0, within: storageWithin.queue });
      return { as: 'queued' } as const;
    } catch (thrown) {
      if (!isPassing(thrown)) throw thrown;
      return { again: true, after: null, why: explainError(thrown).sentence } as const;
    }
  };
  const sent = await withRetry(attempt, { ...retry, interrupted });
  if (isAgain(sent)) throw new Failure(sent.why);
  await console.document({ type: 'event', source, to: 'queue' });
  console.line(`${console.paint.green('queued')} as an event of ${source}. To: queue, ${label}.`);
  return exitCodes.ok;
}

async function readEvent(path: string): Promise<unknown> {
  if ((sizeOf(path) ?? 0) > longest) throw new Failure('The file is too long for one event.');
  try {
    return parseJson(skipByteOrderMark(await buffer(openInput(path, process.stdin))));
  } catch (thrown) {
    if (!(thrown instanceof AdapterError)) throw thrown;
    throw new Failure(thrown.safeDetail.replace('The body', 'The file'));
  }
}
