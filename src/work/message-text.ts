import { readStrictJson, type StrictJson } from '../shared/strict-json.ts';

/** The content of a message: what its bytes are, and the JSON that they are. */
export interface MessageContent {
  readonly bytes: Buffer;
  readonly json: StrictJson;
}

/**
 * The text of a message as the bytes that lie on the queue. The trigger hands out bytes where its `dataType` is
 * binary; a host that does not know that hands out text, or JSON that it has parsed.
 */
export function toBytes(payload: unknown): Buffer {
  if (payload instanceof Uint8Array) return Buffer.from(payload);
  if (typeof payload === 'string') return Buffer.from(payload, 'utf8');
  try {
    return Buffer.from(JSON.stringify(payload) ?? '', 'utf8');
  } catch {
    return Buffer.from('(nested too deeply to be written down)', 'utf8');
  }
}

/**
 * JSON, or base64 of JSON. Text that is base64 in its one canonical form is taken for that, so nothing of it is lost:
 * encoded again it is the same text.
 */
export function decodeMessage(text: Buffer): MessageContent {
  const trimmed = text.toString('latin1').trim();
  const decoded = Buffer.from(trimmed, 'base64');
  const bytes = decoded.length > 0 && decoded.toString('base64') === trimmed ? decoded : text;
  return { bytes, json: readStrictJson(bytes) };
}
