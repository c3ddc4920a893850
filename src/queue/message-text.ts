import { readStrictJson, type StrictJson } from '../shared/strict-json.ts';

/** The content of a message: its bytes, and the JSON in them. */
export interface MessageContent {
  readonly bytes: Buffer;
  readonly json: StrictJson;
}

/**
 * The text of a message as the bytes on the queue. The trigger passes on bytes if its `dataType` is binary; a host that
 * does not support that passes on text, or parsed JSON.
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
 * JSON, or base64 of JSON. Text in canonical base64 is decoded; nothing is lost, because encoding it again gives the
 * same text.
 */
export function decodeMessage(text: Buffer): MessageContent {
  const trimmed = text.toString('latin1').trim();
  const decoded = Buffer.from(trimmed, 'base64');
  const bytes = decoded.length > 0 && decoded.toString('base64') === trimmed ? decoded : text;
  return { bytes, json: readStrictJson(bytes) };
}
