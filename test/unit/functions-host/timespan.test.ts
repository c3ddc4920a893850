import { expect, it } from 'vitest';
import { parseTimespan } from '../../../packages/functions-host/src/timespan.ts';

it.each([
  ['00:00:30', 30_000],
  ['00:05:00', 300_000],
  ['23:59:59', 86_399_000],
  ['1.00:00:00', 86_400_000],
  ['00:00:02.5', 2_500],
  ['00:00:00.0500000', 50],
  ['30', undefined],
  ['00:60:00', undefined],
  ['-00:00:01', undefined],
  ['', undefined],
])('reads the time span %j as %j ms', (text, ms) => {
  expect(parseTimespan(text)).toBe(ms);
});
