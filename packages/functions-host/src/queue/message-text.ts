import { isUtf8 } from 'node:buffer';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export type DecodedMessage =
  | { kind: 'text'; text: string }
  /** Not the base64 that host.json promises: the host never hands it to the function. */
  | { kind: 'undecodable' }
  /** Base64 of bytes that are no UTF-8: the host fails when it binds the text, attempt after attempt. */
  | { kind: 'not-utf8' };

/** The text of a queue message under host.json's `messageEncoding`. Node's own decoder would skip wrong characters. */
export function decodeMessage(raw: string, encoding: 'base64' | 'none'): DecodedMessage {
  if (encoding === 'none') return { kind: 'text', text: raw };
  if (!BASE64.test(raw)) return { kind: 'undecodable' };
  const bytes = Buffer.from(raw, 'base64');
  return isUtf8(bytes) ? { kind: 'text', text: bytes.toString() } : { kind: 'not-utf8' };
}
