import { randomUUID } from 'node:crypto';
import { createWriteStream, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { usageFailure } from '../../failure.ts';
import { printable } from '../../terminal/printable.ts';

/**
 * Writes a file for this user alone, whole or not at all: nothing stands under its name before `write` has ended well.
 * A device or a pipe is written to as it is.
 */
export async function writeWholeFile(
  path: string,
  { force }: { readonly force: boolean },
  write: (target: Writable) => Promise<void>,
): Promise<void> {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory()) throw usageFailure(`${printable(path)} is a folder.`);
  if (there !== undefined && !there.isFile()) return write(createWriteStream(path));
  if (there !== undefined && !force)
    throw usageFailure(`${printable(path)} exists; add --force to overwrite it.`);
  const unfinished = `${path}.${randomUUID()}.partial`;
  try {
    await write(createWriteStream(unfinished, { flags: 'wx', mode: 0o600 }));
    await rename(unfinished, path);
  } catch (thrown) {
    await rm(unfinished, { force: true });
    throw thrown;
  }
}
