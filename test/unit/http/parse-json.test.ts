import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/http/parse-json.ts';
import { AdapterError } from '../../../src/problems/adapter-error.ts';

function refusal(bytes: Buffer | string): string | null {
  try {
    parseJson(Buffer.from(bytes));
    return null;
  } catch (thrown) {
    if (!(thrown instanceof AdapterError)) throw thrown;
    expect(thrown.code).toBe('malformed-json');
    return thrown.safeDetail;
  }
}

describe('a body', () => {
  it.each([
    ['nothing', '', 'empty'],
    ['a byte order mark', '\uFEFF{"id":"a"}', 'byte order mark'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'UTF-8'],
    ['half an object', '{"id":', 'not JSON'],
    ['a comment', '{"id":"a"/**/}', 'not JSON'],
    ['a name twice', '{"id":"a","id":"b"}', 'name "id" twice'],
    ['a name twice, once escaped', '{"id":"a","\\u0069d":"b"}', 'name "id" twice'],
    [
      'a name twice in a member',
      '{"members":[{"id":"a"},{"type":"user","id":"a","id":"b"}]}',
      'name "id" twice',
    ],
    ['a name twice after strings with escapes', '{"a":"\\\\","b":"x\\"{","b":1}', 'name "b" twice'],
    ['a name twice after a nested object', '{"a":{"b":[1]},"c":"x","a":1}', 'name "a" twice'],
  ])('of %s is refused', (_what, bytes, reason) => {
    expect(refusal(bytes)).toContain(reason);
  });

  it('may use a name again in another object, in an array and as a value', () => {
    expect(refusal('{"id":"id","a":{"id":1,"b":{"id":2}},"b":[{"id":3},{"id":4}]}')).toBeNull();
  });

  it('keeps __proto__ as an ordinary property', () => {
    const value = parseJson(Buffer.from('{"__proto__":{"polluted":true}}'));
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect('polluted' in {}).toBe(false);
  });

  it('of 32 Ki brackets neither overflows the stack nor hangs', () => {
    expect(refusal('['.repeat(16_384) + ']'.repeat(16_384))).toBeNull();
    expect(refusal('['.repeat(32_768))).toContain('not JSON');
  });

  it('of two million brackets is refused before it is parsed, which would take a second', () => {
    expect(refusal('['.repeat(1_900_000) + ']'.repeat(1_900_000))).toContain('more than 200,000 objects');
    expect(refusal(`[${'{},'.repeat(1_000_000)}{}]`)).toContain('more than 200,000 objects');
    expect(refusal(`["${'['.repeat(1_000_000)}"]`)).toBeNull();
    expect(refusal(`"${'['.repeat(1_000_000)}`)).toContain('not JSON');
  });

  it('reads any JSON value as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    );
  });
});
