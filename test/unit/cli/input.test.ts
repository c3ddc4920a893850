import { expect, it } from 'vitest';
import { recogniseInput } from '../../../cli/send/input.ts';

async function* inPieces(text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}

const pretty = '{\n  "id": "a"\n}\n';

it.each([
  ['a document over several lines', 'a.txt', pretty, 'document'],
  ['a document after a byte order mark', '-', `\uFEFF${pretty}`, 'document'],
  ['one line', 'a.json', '{"id":"a"}', 'lines'],
  ['a first line that is a document', 'a.json', '{"id":"a"}\n{"id":"b"}\n', 'lines'],
  ['a broken document whose name says so', 'a.json', '{\n  "id": \n', 'document'],
  ['a broken first line whose name says lines', 'a.ndjson', 'oops\n{"id":"b"}', 'lines'],
  ['nothing that is JSON', '-', 'oops\n{"id":"b"}', 'lines'],
  ['nothing at all', '-', '', 'lines'],
])('%s is recognised, and nothing of it is lost', async (_which, path, text, kind) => {
  const input = await recogniseInput(path, inPieces(text));
  expect(input.kind).toBe(kind);
  const chunks: Buffer[] = [];
  for await (const chunk of input.chunks) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe(text);
});
