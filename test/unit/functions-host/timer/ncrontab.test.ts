import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseNcrontab } from '../../../../packages/functions-host/src/timer/ncrontab.ts';

beforeAll(() => void vi.stubEnv('TZ', 'UTC'));
afterAll(() => void vi.unstubAllEnvs());

function occurrences(expression: string, after: string, count: number): string[] {
  const cron = parseNcrontab(expression);
  const found: string[] = [];
  let at = new Date(after);
  for (let nth = 0; nth < count; nth++) {
    const next = cron?.next(at);
    if (next === undefined) break;
    found.push(next.toISOString().slice(0, 19));
    at = next;
  }
  return found;
}

describe('an NCRONTAB expression', () => {
  // The first ones are the examples of the page on timer triggers.
  it.each([
    ['0 */5 * * * *', ['2026-11-25T13:05:00', '2026-11-25T13:10:00', '2026-11-25T13:15:00']],
    ['0 0 * * * *', ['2026-11-25T14:00:00', '2026-11-25T15:00:00', '2026-11-25T16:00:00']],
    ['0 0 9-17 * * *', ['2026-11-25T14:00:00', '2026-11-25T15:00:00', '2026-11-25T16:00:00']],
    ['0 30 9 * * *', ['2026-11-26T09:30:00', '2026-11-27T09:30:00', '2026-11-28T09:30:00']],
    ['0 30 9 * * 1-5', ['2026-11-26T09:30:00', '2026-11-27T09:30:00', '2026-11-30T09:30:00']],
    ['0 30 9 * Jan Mon', ['2027-01-04T09:30:00', '2027-01-11T09:30:00', '2027-01-18T09:30:00']],
    ['* * * * * *', ['2026-11-25T13:00:01', '2026-11-25T13:00:02', '2026-11-25T13:00:03']],
    ['5,7-8 * * * * *', ['2026-11-25T13:00:05', '2026-11-25T13:00:07', '2026-11-25T13:00:08']],
    // Five fields have no seconds.
    ['*/5 * * * *', ['2026-11-25T13:05:00', '2026-11-25T13:10:00', '2026-11-25T13:15:00']],
    // A step after one value runs to the end of the field.
    ['0 40/10 * * * *', ['2026-11-25T13:40:00', '2026-11-25T13:50:00', '2026-11-25T14:40:00']],
    // A range in the wrong order is turned over, a step of 0 is 1.
    ['58-57 59/0 * * * *', ['2026-11-25T13:59:57', '2026-11-25T13:59:58', '2026-11-25T14:59:57']],
    // Day of month and day of week both have to match.
    ['0 0 0 13 * Fri', ['2027-08-13T00:00:00', '2028-10-13T00:00:00', '2029-04-13T00:00:00']],
    ['0 0 0 29 2 *', ['2028-02-29T00:00:00', '2032-02-29T00:00:00', '2036-02-29T00:00:00']],
    ['0 0 0 1 JANUARY,f *', ['2027-01-01T00:00:00', '2027-02-01T00:00:00', '2028-01-01T00:00:00']],
  ])('%s occurs as the host reads it', (expression, expected) => {
    expect(occurrences(expression, '2026-11-25T13:00:00.000Z', 3)).toEqual(expected);
  });

  it('never occurs at the time it counts from, whatever its milliseconds', () => {
    expect(occurrences('0 * * * * *', '2026-11-25T13:00:00.000Z', 1)).toEqual(['2026-11-25T13:01:00']);
    expect(occurrences('0 * * * * *', '2026-11-25T12:59:59.999Z', 1)).toEqual(['2026-11-25T13:00:00']);
  });

  it('may have no occurrence', () => {
    expect(occurrences('0 0 0 30 2 *', '2026-11-25T13:00:00Z', 1)).toEqual([]);
  });

  it.each([
    ['', 'nothing'],
    ['* * * *', 'four fields'],
    ['* * * * * * *', 'seven fields'],
    ['60 * * * * *', 'a second too many'],
    ['0 0 24 * * *', 'an hour too many'],
    ['0 0 0 0 * *', 'day 0'],
    ['0 0 0 * 13 *', 'month 13'],
    ['0 0 0 * * 7', 'weekday 7'],
    ['0 0 0 ? * *', 'a question mark'],
    ['0 0 0 L * *', 'the last day'],
    ['0 0 0 * * Mon#1', 'the first Monday'],
    ['0 0 0 * Foo *', 'an unknown month'],
    ['0 , * * * *', 'an empty list'],
    ['0 */ * * * *', 'a step without a number'],
    ['0 1-2-3 * * * *', 'three ends'],
    ['@hourly', 'a nickname'],
  ])('is not %j (%s)', (expression) => {
    expect(parseNcrontab(expression)).toBeUndefined();
  });

  it('occurs first where looking at every second finds it', () => {
    const field = (max: number) =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min: 0, max }).map(String),
        fc.integer({ min: 1, max: 30 }).map((step) => `*/${step}`),
        fc.tuple(fc.integer({ min: 0, max }), fc.integer({ min: 0, max })).map((ends) => ends.join('-')),
      );
    const start = Date.parse('2026-02-27T22:58:30Z');
    fc.assert(
      fc.property(field(59), field(59), field(23), fc.integer({ min: 0, max: 7_200 }), (s, m, h, later) => {
        const from = new Date(start + later * 1000);
        const next = parseNcrontab(`${s} ${m} ${h} * * *`)?.next(from);
        const matches = (text: string, value: number, max: number): boolean => {
          const [range = '', step] = text.split('/');
          if (range === '*') return value % Number(step ?? 1) === 0;
          const [a = 0, b = a] = range.split('-').map(Number);
          return value >= Math.min(a, b) && value <= Math.max(a, b) && max >= value;
        };
        let at = from.getTime() + 1000;
        const isDue = (): boolean => {
          const date = new Date(at);
          return (
            matches(s, date.getUTCSeconds(), 59) &&
            matches(m, date.getUTCMinutes(), 59) &&
            matches(h, date.getUTCHours(), 23)
          );
        };
        while (!isDue()) at += 1000;
        return next?.getTime() === at;
      }),
      { numRuns: 60 },
    );
  });
});
