import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage } from '../../../../packages/functions-host/src/queue/message-text.ts';

describe('a queue message', () => {
  it('of any text comes back from its base64', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const raw = Buffer.from(text).toString('base64');
        expect(decodeMessage(raw, 'base64')).toEqual({ kind: 'text', text });
      }),
    );
  });

  it.each(['{"a":1}', 'YQ', 'YQ=', 'Y===', 'YWJj\n', 'YW Jj', 'YWJj-_==', '='])('%j is not base64', (raw) => {
    expect(decodeMessage(raw, 'base64')).toEqual({ kind: 'undecodable' });
  });

  it('of bytes that are no UTF-8 is told apart', () => {
    expect(decodeMessage('//4=', 'base64')).toEqual({ kind: 'not-utf8' });
  });

  it('is taken as it is without an encoding', () => {
    expect(decodeMessage('YQ==', 'none')).toEqual({ kind: 'text', text: 'YQ==' });
  });
});
