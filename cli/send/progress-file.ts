import { createHash, type Hash } from 'node:crypto';
import { createReadStream, readFileSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { Failure, usageFailure } from '../failure.ts';

/** The progress of a send: everything before it is done, nothing after it counts. */
export interface Checkpoint {
  readonly version: 1;
  /** Where it was sent; never a key. */
  readonly target: string;
  /** The connection of lines that do not name one; null if none was given. */
  readonly connection: string | null;
  readonly line: number;
  readonly bytes: number;
  /** SHA-256 of those bytes: shows whether the input is still the same. */
  readonly sha256: string;
  readonly accepted: Readonly<Record<string, number>>;
  readonly refused: number;
  /** Bytes of the report for those lines. */
  readonly reportBytes: number;
}

export function progressPath(inputPath: string): string {
  return `${inputPath}.progress`;
}

/** Null if there is none; throws a sentence if it cannot be understood. */
export function readCheckpoint(inputPath: string): Checkpoint | null {
  const path = progressPath(inputPath);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isCheckpoint(value)) return value;
  } catch {}
  throw usageFailure(`${path} is not a progress file of this command; delete it to start over.`);
}

/** Written to a temporary file and renamed, so that a crash leaves either the old one or the new one, complete. */
export async function writeCheckpoint(inputPath: string, checkpoint: Checkpoint): Promise<void> {
  const path = progressPath(inputPath);
  const file = await open(`${path}.tmp`, 'w');
  try {
    await file.writeFile(JSON.stringify(checkpoint));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.tmp`, path);
}

export function removeCheckpoint(inputPath: string): void {
  rmSync(progressPath(inputPath), { force: true });
}

/** The running hash of the input up to the checkpoint; throws if the input has changed before it. */
export async function verifyInput(inputPath: string, { bytes, sha256, line }: Checkpoint): Promise<Hash> {
  const hash = createHash('sha256');
  if (bytes > 0)
    for await (const chunk of createReadStream(inputPath, { end: bytes - 1 })) hash.update(chunk as Buffer);
  if (hash.copy().digest('hex') === sha256) return hash;
  throw new Failure(
    `${inputPath} has changed since its first ${line} lines were sent; delete ${progressPath(inputPath)} to start over.`,
  );
}

function isCheckpoint(value: unknown): value is Checkpoint {
  if (typeof value !== 'object' || value === null) return false;
  const { version, target, connection, line, bytes, sha256, ...counts }: Record<string, unknown> = {
    ...value,
  };
  const { accepted, refused, reportBytes } = counts;
  const numbers = [line, bytes, refused, reportBytes, ...Object.values(accepted ?? { none: null })];
  return (
    version === 1 &&
    typeof target === 'string' &&
    (connection === null || typeof connection === 'string') &&
    typeof sha256 === 'string' &&
    numbers.every((number) => Number.isSafeInteger(number))
  );
}
