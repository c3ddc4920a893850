import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type InputLine, maxLineBytes, readLines } from '../../../cli/send/lines.ts';

async function* cut(text: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let index = 0; at < text.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    yield text.subarray(at, at + size);
    at += size;
  }
}

async function linesOf(text: string, sizes: readonly number[], from = { line: 0, bytes: 0 }) {
  const lines: InputLine[] = [];
  const pieces: Buffer[] = [];
  for await (const line of readLines(cut(Buffer.from(text), sizes), from, (piece) => pieces.push(piece))) {
    // What was consumed so far is the input up to the end of this line: a checkpoint can stand here.
    expect(Buffer.concat(pieces).length).toBe(line.end - from.bytes);
    lines.push(line);
  }
  return lines;
}

it('lines come out alike, however the stream is cut', async () => {
  const text = fc
    .array(fc.constantFrom('a', '{}', 'é', '\n', '\r\n', ' '), { maxLength: 60 })
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      async (given, sizes) => {
        const expected = given
          .split('\n')
          .map((line, index) => ({ number: index + 1, text: line.trimEnd() }))
          .filter((line) => line.text !== '');
        const lines = await linesOf(given, sizes);
        expect(lines.map(({ number, bytes }) => ({ number, text: bytes?.toString() }))).toEqual(expected);
      },
    ),
  );
});

it('a line resumed at its checkpoint keeps number and place', async () => {
  const whole = await linesOf('a\n\nbb\nc', [3]);
  const first = whole[0] as InputLine;
  const rest = await linesOf('\nbb\nc', [2], { line: first.number, bytes: first.end });
  expect(rest).toEqual(whole.slice(1));
});

it('a line beyond all bounds is told of and not kept; the next one is read again', async () => {
  const lines = await linesOf(`${'x'.repeat(maxLineBytes + 1)}\nshort\n`, [65_536]);
  expect(lines.map(({ number, bytes }) => [number, bytes?.toString() ?? null])).toEqual([
    [1, null],
    [2, 'short'],
  ]);
});
