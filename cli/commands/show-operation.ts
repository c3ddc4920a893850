import { setTimeout as pause } from 'node:timers/promises';
import { isFinal, type Operation, secondsUntilNews } from '../../src/creations/operations/operation.ts';
import { createOperations } from '../../src/creations/operations/operations.ts';
import { operationIdPattern } from '../../src/groups/operation-id.ts';
import { storageWithin } from '../../src/storage/bounds.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes, Failure, usageFailure } from '../failure.ts';
import { formatChange, formatOperation } from '../operations/format.ts';
import { findStorage, type StorageOptions } from '../where/storage-target.ts';

export interface ShowOperationOptions extends StorageOptions {
  readonly watch?: boolean;
}

/** Longest time between two reads of `--watch`, in seconds: a redrive may start earlier than announced. */
const maxPause = 5;

/** `operations show`: the operation as recorded; with `--watch`, every change until the end. */
export async function showOperation(
  id: string,
  options: ShowOperationOptions,
  context: Context,
): Promise<ExitCode> {
  if (!new RegExp(operationIdPattern).test(id))
    throw usageFailure('An operation id is 32 digits from 0–9 and a–f.');
  const { console } = context;
  const target = findStorage(options, context.env, context.folder);
  const operations = createOperations(target.setting, target.credentialFor);
  const read = () => operations.read(id, storageWithin.queue);
  const operation = await read();
  if (options.watch === true) return watch(id, operation, read, context);
  if (operation === null) throw new Failure(`There is no operation ${id} in ${target.label}.`);
  await console.document(operation);
  for (const line of formatOperation(operation, console.paint)) console.line(line);
  return exitCodes.ok;
}

async function watch(
  id: string,
  first: Operation | null,
  read: () => Promise<Operation | null>,
  { console, interrupted, now }: Context,
): Promise<ExitCode> {
  let shown: string | null = null;
  // An operation that a producer has just queued is recorded when the work starts.
  if (first === null) console.note(`There is no operation ${id} yet; waiting for it. Press Ctrl-C to stop.`);
  for (let operation = first; ; operation = await read()) {
    const text = JSON.stringify(operation);
    if (operation !== null && text !== shown) {
      await console.document(operation);
      console.line(formatChange(operation, console.paint));
      shown = text;
    }
    if (operation !== null && isFinal(operation)) {
      for (const line of formatOperation(operation, console.paint)) console.line(line);
      return operation.status === 'succeeded' ? exitCodes.ok : exitCodes.failed;
    }
    const seconds = operation === null ? 1 : Math.min(maxPause, secondsUntilNews(operation, now()));
    await pause(seconds * 1000, undefined, { signal: interrupted }).catch(() => undefined);
    if (interrupted.aborted) return exitCodes.failed;
  }
}
