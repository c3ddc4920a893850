import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTimerSchedule } from '../../../../packages/functions-host/src/timer/timer-schedule.ts';

beforeAll(() => void vi.stubEnv('TZ', 'UTC'));
afterAll(() => void vi.unstubAllEnvs());

const noon = new Date('2026-11-25T12:00:00.000Z');

describe('the schedule of a timer', () => {
  it('is an NCRONTAB expression, which minds daylight saving', () => {
    const { next, adjustForDst } = createTimerSchedule('0 * * * * *');
    expect([next(noon).toISOString(), adjustForDst]).toEqual(['2026-11-25T12:01:00.000Z', true]);
  });

  it('or the time span between two runs, which does not', () => {
    const { next, adjustForDst } = createTimerSchedule('00:01:30');
    expect([next(noon).toISOString(), adjustForDst]).toEqual(['2026-11-25T12:01:30.000Z', false]);
  });

  it.each([
    ['* * * * * *', true],
    ['*/30 * * * * *', true],
    ['0,59 * * * * *', true],
    ['0 * * * * *', false],
    ['*/10 */5 * * * *', false],
    ['* * * * *', false],
    ['00:00:59', true],
    ['00:01:00', false],
  ])('%s is within minutes: %s', (text, expected) => {
    expect(createTimerSchedule(text).withinMinutes).toBe(expected);
  });

  it.each(['hourly', '', '00:00:00', '1 2 3'])('is not %j', (text) => {
    expect(() => createTimerSchedule(text)).toThrow(
      `The schedule "${text}" is neither an NCRONTAB expression nor a time span.`,
    );
  });

  it('that never occurs is an error when it is asked', () => {
    expect(() => createTimerSchedule('0 0 0 30 2 *').next(noon)).toThrow('never occurs');
  });
});
