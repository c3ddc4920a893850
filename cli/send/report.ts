import { fstatSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { usageFailure } from '../failure.ts';
import { progressPath } from './progress-file.ts';
import type { Fault } from './record.ts';

/** One thing that is wrong with one line. */
export interface RefusedLine extends Fault {
  readonly line: number;
}

/** The file that lists every refusal, as NDJSON. */
interface Report {
  readonly append: (refused: readonly RefusedLine[]) => Promise<void>;
  readonly bytes: () => number;
  readonly close: () => Promise<void>;
}

/** No file was asked for. */
export const noReport: Report = {
  append: () => Promise.resolve(),
  bytes: () => 0,
  close: () => Promise.resolve(),
};

/**
 * Throws a sentence if the report would overwrite the input or the progress file, under any name or link; `-` is stdin,
 * which may be a file too.
 */
export function refuseToOverwrite(report: string, input: string): void {
  const written = statSync(report, { throwIfNoEntry: false });
  if (written?.isFile() !== true) return;
  const read = [
    input === '-' ? fstatSync(0) : statSync(input, { throwIfNoEntry: false }),
    statSync(progressPath(input), { throwIfNoEntry: false }),
  ];
  if (read.some((file) => file !== undefined && file.ino === written.ino && file.dev === written.dev))
    throw usageFailure(`The report ${report} would overwrite the input or its progress file.`);
}

/** Opens the report. `keep`: the bytes of an earlier run to keep; anything written after its last checkpoint is dropped. */
export async function openReport(path: string, keep: number): Promise<Report> {
  const file: FileHandle = await open(path, keep === 0 ? 'w' : 'r+').catch(() => {
    throw usageFailure(`The report ${path} cannot be ${keep === 0 ? 'written' : 'continued'}.`);
  });
  if ((await file.stat()).size < keep)
    throw usageFailure(`The report ${path} is not that of the earlier run.`);
  await file.truncate(keep);
  let bytes = keep;
  return {
    append: async (refused) => {
      if (refused.length === 0) return;
      const text = Buffer.from(refused.map((fault) => `${JSON.stringify(fault)}\n`).join(''), 'utf8');
      await file.write(text, 0, text.length, bytes);
      bytes += text.length;
    },
    bytes: () => bytes,
    close: () => file.close(),
  };
}
