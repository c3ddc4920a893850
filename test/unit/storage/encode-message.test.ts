import { expect, it } from 'vitest';
import { decodeMessage } from '../../../src/queue/message-text.ts';
import { encodeMessage, maxMessageBytes } from '../../../src/storage/queues.ts';

it.each([
  ['a small message', { a: 'Łódź' }],
  ['the largest that fits as base64', { a: 'x'.repeat(maxMessageBytes - '{"a":""}'.length) }],
  ['one more byte', { a: 'x'.repeat(maxMessageBytes - '{"a":""}'.length + 1) }],
  ['the largest that fits at all', { a: '\u0000\ud800'.repeat(5_460) }],
])('%s fits the queue and is read again', (_what, content) => {
  const text = encodeMessage(content);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(64 * 1024);
  expect(text).toMatch(/^[\x20-\x7e]*$/);
  expect(decodeMessage(Buffer.from(text)).json).toEqual({ ok: true, value: content });
});

it('bytes are sent as they are', () => {
  const bytes = Buffer.from('{"big": 9007199254740993 }');
  expect(decodeMessage(Buffer.from(encodeMessage(bytes))).bytes).toEqual(bytes);
});
