import { expect, it } from 'vitest';
import { errorText } from '../../../packages/functions-host/src/error-text.ts';

it.each([
  [new Error('Broken.'), 'Broken.'],
  [new TypeError(''), 'TypeError'],
  [
    Object.assign(new Error('Unexpected status code: 403'), { code: 'AuthorizationFailure' }),
    'AuthorizationFailure: Unexpected status code: 403',
  ],
  [
    Object.assign(new Error('connect ECONNREFUSED ::1'), { code: 'ECONNREFUSED' }),
    'connect ECONNREFUSED ::1',
  ],
  [new AggregateError([new Error('one'), new Error('two')], ''), 'one; two'],
  ['text', 'text'],
  [{ a: 1 }, '{"a":1}'],
  [undefined, 'undefined'],
])('%o reads as %j', (error, text) => {
  expect(errorText(error)).toBe(text);
});
