import fc, { type Arbitrary } from 'fast-check';

/** One change to a sequence of bytes; positions are shares of the length, so that a mutation fits any input. */
type Mutation =
  | { readonly do: 'flip'; readonly at: number; readonly bit: number }
  | { readonly do: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly do: 'remove' | 'repeat'; readonly at: number; readonly share: number }
  | { readonly do: 'truncate'; readonly at: number };

/** Fragments that parsers, encodings and templates are known to mishandle. */
const troublesome = [
  '\uFEFF',
  '\u0000',
  '\u2028',
  '"__proto__":{},',
  '"constructor":1,',
  '"id":"a",',
  '"@odata.type":"#x",',
  '\\ud800',
  '\\u0000',
  '1e999',
  '-0',
  '99999999999999999999',
  'null',
  '[[[[[[[[',
  '{"a":{"a":{"a":',
  ',',
  '"',
  '\\',
  '}',
  '../',
  "'; DROP TABLE--",
  '{{7*7}}',
  '%00',
  '\r\n\r\n',
].map((text) => Buffer.from(text, 'utf8'));

const position = fc.double({ min: 0, max: 1, noNaN: true });
const piece = fc.oneof(fc.constantFrom<Uint8Array>(...troublesome), fc.uint8Array({ maxLength: 8 }));

const mutation: Arbitrary<Mutation> = fc.oneof(
  fc.record({ do: fc.constant('flip' as const), at: position, bit: fc.nat(7) }),
  fc.record({ do: fc.constant('insert' as const), at: position, bytes: piece }),
  fc.record({ do: fc.constantFrom('remove' as const, 'repeat' as const), at: position, share: position }),
  fc.record({ do: fc.constant('truncate' as const), at: position }),
);

/** The bytes of an example after one to six changes. */
export function mutated(example: Buffer): Arbitrary<Buffer> {
  return fc.array(mutation, { minLength: 1, maxLength: 6 }).map((changes) => changes.reduce(change, example));
}

function change(bytes: Buffer, mutation: Mutation): Buffer {
  const at = Math.min(bytes.length, Math.floor(mutation.at * bytes.length));
  const head = bytes.subarray(0, at);
  const tail = bytes.subarray(at);
  switch (mutation.do) {
    case 'flip':
      return Buffer.concat([head, Buffer.of((tail[0] ?? 0) ^ (1 << mutation.bit)), tail.subarray(1)]);
    case 'insert':
      return Buffer.concat([head, mutation.bytes, tail]);
    case 'remove':
      return Buffer.concat([head, tail.subarray(Math.ceil((mutation.share * tail.length) / 4))]);
    case 'repeat':
      return Buffer.concat([head, tail.subarray(0, Math.ceil((mutation.share * tail.length) / 4)), tail]);
    case 'truncate':
      return head;
  }
}
