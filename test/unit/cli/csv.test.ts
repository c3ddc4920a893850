import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../../cli/groups/file/csv.ts';
import { createCsvWriter } from '../../../cli/groups/file/csv-writer.ts';
import { fromCell, toCell } from '../../../cli/groups/file/spreadsheet-text.ts';

async function read(csv: string | Buffer) {
  const found: Awaited<ReturnType<ReturnType<typeof readCsv>['next']>>['value'][] = [];
  // In small chunks: no character, line or quote may depend on where one ends.
  const bytes = Buffer.from(csv);
  const chunks = Array.from({ length: Math.ceil(bytes.length / 5) }, (_, at) =>
    bytes.subarray(at * 5, at * 5 + 5),
  );
  for await (const one of readCsv(Readable.from(chunks))) found.push(one);
  return found;
}

const names = [
  '=1+1',
  '+49',
  '-x',
  '@me',
  '\t=1',
  ' =1',
  "'=1",
  "''",
  '',
  ' ',
  ' both ',
  '\u00a0x',
  'a\rb',
  'a\r\nb',
  'a\nb',
  'a;b,c',
  '"',
  '\uFEFFx',
  '=',
  '＝1',
];

describe('CSV of groups', () => {
  const pieces = fc.array(fc.oneof(fc.constantFrom(...names), fc.string({ unit: 'binary' })), {
    maxLength: 4,
  });
  const name = fc.option(pieces.map((parts) => parts.join('')));

  it('gives back every name to the byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, name), { minLength: 1, maxLength: 4 }), async (groups) => {
        const rows = groups.map(([displayName, description], index) => ({
          connectionId: 'contosohr',
          groupId: `g${index}`,
          displayName: toCell(displayName),
          description: toCell(description),
        }));
        const csv = await text(Readable.from(rows).pipe(createCsvWriter()));
        const entries = (await read(csv)).map((one) => (one && 'entry' in one ? one.entry.properties : one));
        expect(entries).toEqual(groups.map(([displayName, description]) => ({ displayName, description })));
      }),
      { examples: names.map((text) => [[[text, null]]]) },
    );
  });

  it.each(names.filter((text) => /^\s*[=+\-@＝]/.test(text)))(
    'has no cell that begins a formula: %j',
    (text) => {
      expect(toCell(text)).toMatch(/^'/);
      expect(fromCell(toCell(text))).toBe(text);
    },
  );

  it('is also read with semicolons between the columns, as some spreadsheets write it', async () => {
    expect(await read('\uFEFFgroupId;displayName\r\nday;"Day; early, and late"\r\n')).toMatchObject([
      { entry: { id: 'day', properties: { displayName: 'Day; early, and late' } } },
    ]);
    expect(await read('groupId\r\nday\r\n')).toMatchObject([{ entry: { id: 'day' } }]);
  });

  it('is refused in another encoding, in which names would be changed', async () => {
    expect(await read(Buffer.from('groupId,displayName\nday,J\xfcrgen\n', 'latin1'))).toEqual([
      { fault: { line: 0, pointer: '', detail: 'is not UTF-8: save it as "CSV UTF-8"' } },
    ]);
  });
});
