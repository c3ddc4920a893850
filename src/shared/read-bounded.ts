const decoder = new TextDecoder();

/** A response's body as text; null if it is longer than this many bytes (decompressed), breaks off or hangs. */
export async function readBounded(
  response: { readonly body: AsyncIterable<Uint8Array> | null },
  longest: number,
): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      // Leaving the loop cancels the stream, and with it the connection.
      if (bytes > longest) return null;
      chunks.push(chunk);
    }
    return decoder.decode(Buffer.concat(chunks, bytes));
  } catch {
    return null;
  }
}

/** Parsed JSON; undefined if the text is not JSON. */
export function parseJson(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
