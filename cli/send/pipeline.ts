import type { Hash } from 'node:crypto';
import { eachLimited } from '../../src/shared/each-limited.ts';
import type { Deliver, Delivered } from './deliver.ts';
import { skipByteOrderMark } from './input.ts';
import { type InputLine, type LinesFrom, readLines } from './lines.ts';
import { type Fault, type ReadRecord, tooLarge } from './record.ts';

/** A line with its final result: accepted, or refused with its errors. */
export interface DoneLine {
  readonly number: number;
  readonly end: number;
  /** Of the input up to the end of this line. */
  readonly hash: Hash;
  readonly delivered: Delivered;
}

export interface PipelineOptions {
  readonly chunks: AsyncIterable<Buffer>;
  readonly from: LinesFrom;
  readonly hash: Hash;
  readonly readRecord: (bytes: Buffer) => ReadRecord;
  readonly deliver: Deliver;
  readonly concurrency: number;
  readonly interrupted: AbortSignal;
  readonly progressed: (line: InputLine, delivered: Delivered) => void;
  /** Receives finished lines, in order and without a gap. The next batch waits for it. */
  readonly commit: (lines: readonly DoneLine[]) => Promise<void>;
}

/** Lines of a batch per concurrent request: waiting for the last one of a batch then hardly matters. */
const linesForEach = 16;

/**
 * Sends line after line, in batches, so that memory use is constant and one number describes the progress. If
 * something fails or the operator interrupts, the lines before the first unfinished one are still committed.
 */
export async function sendLines(options: PipelineOptions): Promise<void> {
  const { deliver, readRecord, concurrency, interrupted, progressed, commit } = options;
  for await (const batch of batches(options, concurrency * linesForEach)) {
    const results = new Map<number, DoneLine>();
    let fault: { thrown: unknown } | null = null;
    try {
      await eachLimited(batch, concurrency, async ({ line, hash }) => {
        if (interrupted.aborted) return;
        const read = line.bytes === null ? tooLarge() : readRecord(line.bytes);
        const delivered: Delivered = 'faults' in read ? read : await deliver(read.creation);
        results.set(line.number, { number: line.number, end: line.end, hash, delivered });
        progressed(line, delivered);
      });
    } catch (thrown) {
      fault = { thrown };
    }
    const undone = batch.findIndex(({ line }) => !results.has(line.number));
    const done = batch.slice(0, undone === -1 ? batch.length : undone);
    await commit(done.flatMap(({ line }) => results.get(line.number) ?? []));
    if (fault !== null) throw fault.thrown;
    if (interrupted.aborted) return;
  }
}

async function* batches(
  { chunks, from, hash }: PipelineOptions,
  size: number,
): AsyncGenerator<{ line: InputLine; hash: Hash }[]> {
  let batch: { line: InputLine; hash: Hash }[] = [];
  for await (const read of readLines(chunks, from, (part) => void hash.update(part))) {
    const line =
      read.number === 1 && read.bytes !== null ? { ...read, bytes: skipByteOrderMark(read.bytes) } : read;
    batch.push({ line, hash: hash.copy() });
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

export function isRefused(delivered: Delivered): delivered is { readonly faults: readonly Fault[] } {
  return 'faults' in delivered;
}

/** A document over several lines as a single line. */
export async function* asOneLine(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // Inside JSON strings a line end must be escaped, so each of these is white space.
  for await (const chunk of chunks) yield Buffer.from(chunk.map((byte) => (byte === 0x0a ? 0x20 : byte)));
}
