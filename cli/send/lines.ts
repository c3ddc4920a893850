/** A line of the input, as bytes without the line end. */
export interface InputLine {
  readonly number: number;
  /** Null: longer than anything acceptable, so it was not kept. */
  readonly bytes: Buffer | null;
  /** Bytes of the input up to and including the end of this line. */
  readonly end: number;
}

export interface LinesFrom {
  /** Lines and bytes before this one. */
  readonly line: number;
  readonly bytes: number;
}

/** Room for the longest group (32 KiB) in any JSON escaping: `\u0041` takes six bytes for one. */
export const maxLineBytes = 256 * 1024;

const newline = 0x0a;

/** Splits a stream into lines, keeping only one in memory; blank ones count but are skipped. */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  from: LinesFrom,
  /** Called with each chunk of input before the line that it ends or belongs to is yielded. */
  consumed: (part: Buffer) => void,
  /** Bytes of the longest line that is kept. */
  longest = maxLineBytes,
): AsyncGenerator<InputLine> {
  let number = from.line;
  let end = from.bytes;
  let kept: Buffer[] = [];
  let length = 0;

  const take = (part: Buffer) => {
    consumed(part);
    end += part.length;
    length += part.length;
    if (length <= longest) kept.push(part);
    else kept = [];
  };
  const finish = (): InputLine | null => {
    number += 1;
    const bytes = length <= longest ? trimEnd(Buffer.concat(kept)) : null;
    kept = [];
    length = 0;
    return bytes === null || bytes.length > 0 ? { number, bytes, end } : null;
  };

  for await (const chunk of chunks) {
    let at = 0;
    for (let found = chunk.indexOf(newline); found !== -1; found = chunk.indexOf(newline, at)) {
      take(chunk.subarray(at, found + 1));
      at = found + 1;
      const line = finish();
      if (line !== null) yield line;
    }
    if (at < chunk.length) take(chunk.subarray(at));
  }
  const last = length > 0 ? finish() : null;
  if (last !== null) yield last;
}

/** Without the line's end and other JSON white space, which may be at the end of a line. */
function trimEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && [0x20, 0x09, 0x0a, 0x0d].includes(bytes[end - 1] ?? 0)) end -= 1;
  return bytes.subarray(0, end);
}
