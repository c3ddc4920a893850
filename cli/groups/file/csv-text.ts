/** The text of a file is not UTF-8. */
export class NotUtf8 extends Error {}

/** Bytes as text, without a byte order mark. Throws {@link NotUtf8}. */
export async function* decodeUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Buffer) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (thrown) {
      throw new NotUtf8('', { cause: thrown });
    }
  };
  for await (const chunk of chunks) yield decode(chunk);
  yield decode();
}

interface CsvText {
  /** Where the decimal sign is a comma, spreadsheets separate the columns by semicolons. */
  readonly delimiter: ',' | ';';
  readonly chunks: AsyncGenerator<string>;
}

/** Finds out by the first line what separates the columns. */
export async function recogniseDelimiter(texts: AsyncIterable<string>): Promise<CsvText> {
  const iterator = texts[Symbol.asyncIterator]();
  let head = '';
  while (!/[\r\n]/.test(head.trimStart())) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    head += value;
  }
  const [header = ''] = head.trimStart().split(/[\r\n]/, 1);
  return { delimiter: header.includes(';') && !header.includes(',') ? ';' : ',', chunks: again() };

  async function* again() {
    yield head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
}
