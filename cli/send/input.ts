import { createReadStream, type ReadStream, statSync } from 'node:fs';
import { usageFailure } from '../failure.ts';

/** What to send: one document over any number of lines, or one document per line. */
export interface Input {
  readonly kind: 'document' | 'lines';
  readonly chunks: AsyncIterable<Buffer>;
}

/** A longer document cannot be an acceptable group: it is not read to its end. */
const maxDocumentBytes = 256 * 1024;

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Bytes of the file, or null if the input has no size (stdin). Throws a sentence if there is no such file. */
export function sizeOf(path: string): number | null {
  if (path === '-') return null;
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw usageFailure(`There is no file ${path}.`);
  if (stats.isDirectory()) throw usageFailure(`${path} is a folder.`);
  return stats.isFile() ? stats.size : null;
}

export function openInput(path: string, stdin: AsyncIterable<Buffer>, start = 0): AsyncIterable<Buffer> {
  return path === '-' ? stdin : (createReadStream(path, { start }) as AsyncIterable<Buffer> & ReadStream);
}

/**
 * Looks at the beginning. Lines if the name says so or the first line is a JSON value by itself; a document if
 * everything together is one or the name says so; otherwise lines, so that errors are reported per line.
 */
export async function recogniseInput(path: string, source: AsyncIterable<Buffer>): Promise<Input> {
  const iterator = source[Symbol.asyncIterator]();
  const head: Buffer[] = [];
  let length = 0;
  let complete = false;
  while (!complete && length <= maxDocumentBytes) {
    const { done, value } = await iterator.next();
    if (done) complete = true;
    else {
      head.push(value);
      length += value.length;
    }
  }
  const start = Buffer.concat(head);
  return { kind: recognise(path, start, complete), chunks: again(start, complete, iterator) };
}

/** The byte order mark belongs to the file, not to the JSON of its first line. */
export function skipByteOrderMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(byteOrderMark) ? bytes.subarray(3) : bytes;
}

function recognise(path: string, start: Buffer, complete: boolean): Input['kind'] {
  if (/\.(?:ndjson|jsonl)$/i.test(path)) return 'lines';
  const text = skipByteOrderMark(start).toString('utf8').trimStart();
  const firstLine = text.split('\n', 1)[0] ?? '';
  if (isJson(firstLine)) return 'lines';
  return (complete && isJson(text)) || /\.json$/i.test(path) ? 'document' : 'lines';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function* again(
  start: Buffer,
  complete: boolean,
  iterator: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer> {
  if (start.length > 0) yield start;
  if (!complete) yield* { [Symbol.asyncIterator]: () => iterator };
}
