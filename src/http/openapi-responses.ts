import { type ProblemCode, problemCatalogue } from '../problems/catalogue.ts';
import { ref } from './openapi-parts.ts';

const everyAnswer = { 'x-request-id': ref('headers', 'RequestId') };
export const keyRefused = {
  description: 'The function key is missing or wrong. The Functions host responds, with an empty body.',
};

export function success(description: string, schema: object, more: Readonly<Record<string, object>> = {}) {
  return { description, headers: { ...everyAnswer, ...more }, content: { 'application/json': { schema } } };
}

/** One response for each status, listing every code that comes with it. */
export function problems(...codes: ProblemCode[]) {
  const byStatus = Map.groupBy(codes, (code) => problemCatalogue[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, sharing]) => [
      String(status),
      {
        description: [
          ...sharing.map((code) => `\`${code}\`: ${problemCatalogue[code].title}.`),
          ...(status === 401 ? [keyRefused.description] : []),
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
