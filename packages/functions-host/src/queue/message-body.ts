import { isUtf8 } from 'node:buffer';

/** host.json's `extensions.queues.messageEncoding`. */
export type MessageEncoding = 'base64' | 'none';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The bytes of a message's text, or undefined if it is not base64 as host.json says. White space is ignored, as in
 * .NET's Convert.FromBase64String; Node's own decoder would also skip any invalid character.
 */
export function decodeBody(text: string, encoding: MessageEncoding): Buffer | undefined {
  if (encoding === 'none') return Buffer.from(text);
  const compact = text.replace(/[ \t\r\n]/g, '');
  return BASE64.test(compact) ? Buffer.from(compact, 'base64') : undefined;
}

/** The text that represents bytes on a queue. */
export function encodeBody(body: Buffer, encoding: MessageEncoding): string {
  return body.toString(encoding === 'none' ? 'utf8' : 'base64');
}

/** The bytes as text, or undefined if they are not UTF-8 (BinaryDataExtensions.ToValidUTF8String). */
export function textOf(body: Buffer): string | undefined {
  return isUtf8(body) ? body.toString() : undefined;
}
