import { isUtf8 } from 'node:buffer';
import { readStrictJson, type StrictJson } from '../shared/strict-json.ts';

/** The content of a message: its bytes, and the JSON in them. */
interface MessageContent {
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
    return Buffer.from('(nested too deeply to be written)', 'utf8');
  }
}

/**
 * JSON, or base64 of JSON. Plain text can be base64 by chance (`true`, a hexadecimal id): unless JSON comes out of it, it is
 * taken as it stands.
 */
export function decodeMessage(text: Buffer): MessageContent {
  const trimmed = text.toString('latin1').trim();
  const decoded = Buffer.from(trimmed, 'base64');
  const isBase64 = decoded.length > 0 && decoded.toString('base64') === trimmed;
  const bytes = isBase64 && isJson(decoded) ? decoded : text;
  return { bytes, json: readStrictJson(bytes) };
}

/** Also JSON that the strict reader refuses, for a name that it has twice. */
function isJson(bytes: Buffer): boolean {
  if (!isUtf8(bytes)) return false;
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
