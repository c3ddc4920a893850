import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeBody,
  encodeBody,
  textOf,
} from '../../../../packages/functions-host/src/queue/message-body.ts';

describe('the body of a queue message', () => {
  it.each(['', '{"a":1}', 'Łódź ☂'])('of base64 that stands for %j', (text) => {
    expect(decodeBody(Buffer.from(text).toString('base64'), 'base64')?.toString()).toBe(text);
  });

  it('may have white space in its base64, as .NET allows', () => {
    expect(decodeBody(' eyJh\r\nIjox\tfQ== ', 'base64')?.toString()).toBe('{"a":1}');
  });

  it.each(['{"a":1}', 'abc', 'abcd=', 'ab=c', 'a-b_', 'YQ===', 'YQ', 'é'])('is not %j in base64', (text) => {
    expect(decodeBody(text, 'base64')).toBeUndefined();
  });

  it.each(['{"a":1}', 'YQ==', ' ', 'Łódź'])('without an encoding is the text %j itself', (text) => {
    expect(decodeBody(text, 'none')?.toString()).toBe(text);
  });

  it('is the same again when it is encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = encodeBody(Buffer.from(bytes), 'base64');
        return Buffer.compare(decodeBody(text, 'base64') ?? Buffer.alloc(0), bytes) === 0;
      }),
    );
    const unpaired = fc.string({ unit: 'grapheme' });
    fc.assert(fc.property(unpaired, (text) => encodeBody(Buffer.from(text), 'none') === text.toWellFormed()));
  });

  it('is text only if it is UTF-8', () => {
    expect(textOf(Buffer.from('☂'))).toBe('☂');
    expect(textOf(Buffer.from([0xff, 0xfe]))).toBeUndefined();
    // A surrogate in UTF-8 is none.
    expect(textOf(Buffer.from([0xed, 0xa0, 0x80]))).toBeUndefined();
  });
});
