import { type ProblemCode, problemCatalogue } from '../problems/catalogue.ts';
import { ref } from './openapi-parts.ts';

const everyAnswer = { 'x-request-id': ref('headers', 'RequestId') };

/** The host's own answers: no content, so that no client expects any. */
export const keyRefused = {
  description: 'The function key is missing or wrong. The Functions host responds, with an empty body.',
};
export const hostRefused = {
  description: 'The Functions host responds, with an empty body: for example, if headers are too large.',
};

/** A schema with named examples of it. */
export function content(schema: object, examples: Readonly<Record<string, object>>) {
  const named = Object.entries(examples).map(([name, value]) => [name, { value }] as const);
  return { schema, examples: Object.fromEntries(named) };
}

/** The body of a request, as JSON. */
export function jsonBody(schema: string, examples: Readonly<Record<string, object>>) {
  return {
    required: true,
    content: { 'application/json': content(ref('schemas', schema), examples) },
  } as const;
}

/** A successful response; `shown`: its schema and examples, by `content`. */
export function success(
  description: string,
  shown: ReturnType<typeof content>,
  more: Readonly<Record<string, object>> = {},
) {
  return { description, headers: { ...everyAnswer, ...more }, content: { 'application/json': shown } };
}

/** What a response has that says where to ask next. */
export const deferredHeaders = {
  location: ref('headers', 'Location'),
  'retry-after': ref('headers', 'RetryAfter'),
  'preference-applied': ref('headers', 'PreferenceApplied'),
};

/** One response for each status, listing every code that comes with it. */
export function problems(...codes: ProblemCode[]) {
  const byStatus = Map.groupBy(codes, (code) => problemCatalogue[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, sharing]) => [
      String(status),
      {
        description: [
          ...sharing.map((code) => `\`${code}\`: ${problemCatalogue[code].title}.`),
          ...(status === 401 ? [`With an empty body: ${keyRefused.description}`] : []),
        ].join(' '),
        headers: {
          ...everyAnswer,
          ...(status === 503 ? { 'retry-after': ref('headers', 'RetryAfter') } : {}),
        },
        content: { 'application/problem+json': { schema: ref('schemas', 'Problem') } },
      },
    ]),
  );
}
