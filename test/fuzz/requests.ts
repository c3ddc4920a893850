import fc, { type Arbitrary } from 'fast-check';
import { body, example } from './payloads.ts';

/** A request as sent over the wire; `Content-Length` or chunks, and the key, are added on the way. */
export interface HttpInput {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly chunked: boolean;
}

const segment = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('contosohr', 'contosohr', 'contososales') },
  fc.stringMatching(/^[A-Za-z0-9]{1,40}$/),
  fc.constantFrom(
    'Microsoft365',
    'tEaMs',
    'MSFT_All_Connectors',
    '..',
    '.',
    '%2e%2e',
    '%2E',
    '..%2f..%2fadmin',
  ),
  fc.constantFrom(
    'a%2Fb',
    'a%5Cb',
    '%00',
    'a%00b',
    '%',
    '%zz',
    '%ff%fe',
    '%E2%98%82',
    'a;b=c',
    'a?x=y',
    'a%3Fx',
  ),
  fc.constantFrom(
    "('x')",
    '$metadata',
    '*',
    '@evil.example',
    'x#y',
    '%23',
    '%0d%0aset-cookie:a=b',
    'ｃontosohr',
  ),
  fc.string({ unit: 'grapheme' }).map((text) => encodeURIComponent(text.toWellFormed()) || 'x'),
  fc.integer({ min: 1, max: 9_000 }).map((length) => 'a'.repeat(length)),
);
const path = fc.oneof(
  { weight: 20, arbitrary: segment.map((id) => `/api/connections/${id}/groups`) },
  { weight: 4, arbitrary: fc.constantFrom('/api/changes', '/api/changes?dryRun=true', '/api/changes/') },
  { weight: 2, arbitrary: segment.map((id) => `/api/operations/${id}`) },
  { weight: 1, arbitrary: fc.stringMatching(/^[0-9a-f]{32}$/).map((id) => `/api/operations/${id}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('/api/health', '/api/openapi.json', '/', '/api', '//', '/api//health'),
  },
  { weight: 1, arbitrary: fc.constantFrom('/API/Connections/contosohr/Groups/', '/api/connections//groups') },
);
const method = fc.oneof(
  { weight: 12, arbitrary: fc.constant('POST') },
  fc.constantFrom('GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'),
);
const contentType = fc.oneof(
  { weight: 16, arbitrary: fc.constant('application/json') },
  fc.constantFrom(
    'application/json; charset=UTF-8',
    'application/json;charset="utf-8"',
    'application/json; charset=utf-16',
    'application/json;',
    'APPLICATION/JSON',
    'application/problem+json',
    'application/cloudevents+json',
    'application/cloudevents-batch+json',
    'text/plain',
    'multipart/form-data; boundary=x',
    ';',
    '/',
    '',
  ),
  fc.string({ unit: 'grapheme-ascii' }),
);

/** What a header line can hold: visible letters, spaces, tabs and the upper half of Latin-1. */
const value = fc
  .array(
    fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff }), fc.constant(9)),
    {
      maxLength: 60,
    },
  )
  .map((units) => String.fromCharCode(...units));
const knownName = fc.constantFrom(
  'x-request-id',
  'prefer',
  'traceparent',
  'tracestate',
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
  'x-ms-invocation-id',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-for',
  'x-ms-client-principal',
  'content-encoding',
  'content-md5',
  'accept',
  'accept-encoding',
  'authorization',
  'cookie',
  'range',
  'if-match',
  'x-http-method-override',
);
const pointedHeader = fc.constantFrom<readonly [string, string]>(
  ['prefer', 'respond-async'],
  ['prefer', 'wait=0'],
  ['prefer', 'wait=999999999999999999, respond-async, wait=-1'],
  ['prefer', 'respond-async; x="a,b", wait="1"'],
  ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
  ['traceparent', '00-00000000000000000000000000000000-0000000000000000-00'],
  ['tracestate', 'x'.repeat(2_000)],
  ['content-encoding', 'gzip'],
  ['x-forwarded-host', 'evil.example/?'],
  ['x-forwarded-proto', 'javascript'],
  ['x-http-method-override', 'DELETE'],
  ['x-ms-client-principal', 'e30='],
  ['x-request-id', 'a'.repeat(129)],
);
const header = fc.oneof(
  fc.tuple(knownName, value),
  pointedHeader,
  fc.tuple(fc.stringMatching(/^x-[a-z0-9!#$&'*+.^_`|~-]{1,30}$/), value),
);
const headers = fc.oneof(
  { weight: 12, arbitrary: fc.array(header, { maxLength: 4 }) },
  // Together below the 16 KiB that Node's parser accepts.
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 50, max: 600 })
      .map((count) => Array.from({ length: count }, (_, index) => [`x-h${index}`, 'v'] as const)),
  },
);

const valid = fc
  .nat(0xffffff)
  .map((id) => Buffer.from(JSON.stringify({ ...example, id: `h${id.toString(16)}` })));

/** A request of any kind, most of them near the documented one. */
export const httpInput: Arbitrary<HttpInput> = fc
  .record({
    method,
    path,
    headers,
    contentType: fc.option(contentType, { freq: 20, nil: undefined }),
    body: fc.oneof({ weight: 4, arbitrary: body }, valid),
    chunked: fc.boolean(),
  })
  .map(({ contentType, headers, ...rest }) => ({
    ...rest,
    headers:
      contentType === undefined ? headers : [...headers, ['content-type', clean(contentType)] as const],
  }));

/** A line break in a value would be another header; that is covered by hand in `hostile.ts`. */
function clean(text: string): string {
  return text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?');
}
