import fc, { type Arbitrary } from 'fast-check';
import { mutated } from './bytes.ts';

/** The body of the documented example. */
export const example = {
  id: '31bea3d537902000',
  displayName: 'Contoso Marketing',
  description: 'The product marketing team',
};

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  // Lone surrogates and noncharacters, which JSON can carry as escapes.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
    .map((units) => String.fromCharCode(...units)),
  fc.integer({ min: 30_000, max: 34_000 }).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 10_000, max: 11_500 }).map((length) => '☂'.repeat(length)),
);
const id = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[A-Za-z0-9]{1,128}$/) },
  fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/),
  text,
);
const anything = fc.oneof(fc.jsonValue(), fc.constantFrom(null, 1e308, -0, 2 ** 53, [], {}, ''));
const strangeName = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'Id',
    'ID',
    '@odata.type',
    'members',
    '$ref',
    '',
    '/',
    '~',
  ),
  fc.string({ unit: 'binary' }),
);

/** Objects near the schema: some properties missing, of a wrong type, or with others added. */
const near = fc
  .record({
    id: fc.option(fc.oneof({ weight: 4, arbitrary: id }, anything), { nil: undefined }),
    displayName: fc.option(fc.oneof({ weight: 3, arbitrary: text }, anything), { nil: undefined }),
    description: fc.option(fc.oneof({ weight: 3, arbitrary: text }, anything), { nil: undefined }),
    more: fc.option(fc.tuple(strangeName, anything), { freq: 4, nil: undefined }),
  })
  .map(({ more, ...group }) => {
    const entries = Object.entries(group).filter(([, value]) => value !== undefined);
    // As text, because an object literal could not hold "__proto__" as a property of its own.
    const all = more === undefined ? entries : [...entries, more];
    return `{${all.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
  });

const deep = fc
  .tuple(fc.constantFrom('[', '{"a":'), fc.integer({ min: 1, max: 20_000 }))
  .map(([open, depth]) => open.repeat(Math.min(depth, Math.floor(32_000 / open.length))));

/** Everything that a body may contain. */
export const body: Arbitrary<Buffer> = fc.oneof(
  { weight: 6, arbitrary: mutated(Buffer.from(JSON.stringify(example))) },
  { weight: 6, arbitrary: near.map((text) => Buffer.from(text)) },
  { weight: 2, arbitrary: fc.json({ noUnicodeString: false }).map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: deep.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 32_700, max: 70_000 }).map((length) => Buffer.alloc(length, ' ')),
  },
);
