import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  checkPastDue,
  createFileScheduleMonitor,
  createMemoryScheduleMonitor,
} from '../../../../packages/functions-host/src/timer/schedule-monitor.ts';
import { never } from '../../../../packages/functions-host/src/timer/schedule-status.ts';
import { createTimerSchedule } from '../../../../packages/functions-host/src/timer/timer-schedule.ts';

beforeAll(() => void vi.stubEnv('TZ', 'UTC'));
afterAll(() => void vi.unstubAllEnvs());

const hourly = createTimerSchedule('0 0 * * * *');
const at = (time: string): Date => new Date(`2026-11-25T${time}Z`);

describe('a timer that starts', () => {
  it('for the first time is not past due, and what it waits for is written down', async () => {
    const monitor = createMemoryScheduleMonitor();
    const { status, pastDue } = await checkPastDue(monitor, 'clean', hourly, at('12:30:00'));
    expect([pastDue, status]).toEqual([
      false,
      { last: never, next: at('13:00:00'), lastUpdated: at('12:30:00') },
    ]);
    expect(await monitor.read('clean')).toEqual(status);
  });

  it.each([
    ['12:59:59', false],
    ['13:00:00', false],
    ['13:00:01', true],
    ['19:00:00', true],
  ])('again at %s is past due: %s', async (now, expected) => {
    const monitor = createMemoryScheduleMonitor();
    await monitor.write('clean', { last: at('12:00:00'), next: at('13:00:00'), lastUpdated: at('12:00:00') });
    expect((await checkPastDue(monitor, 'clean', hourly, at(now))).pastDue).toBe(expected);
  });

  it('again without having ever run is past due as well', async () => {
    const monitor = createMemoryScheduleMonitor();
    await checkPastDue(monitor, 'clean', hourly, at('12:30:00'));
    expect((await checkPastDue(monitor, 'clean', hourly, at('13:30:00'))).pastDue).toBe(true);
  });

  it('with another schedule than before has missed nothing', async () => {
    const monitor = createMemoryScheduleMonitor();
    await monitor.write('clean', { last: at('12:00:00'), next: at('13:00:00'), lastUpdated: at('12:00:00') });
    const daily = createTimerSchedule('0 0 18 * * *');
    const { status, pastDue } = await checkPastDue(monitor, 'clean', daily, at('19:00:00'));
    expect([pastDue, status.next]).toEqual([false, new Date('2026-11-26T18:00:00Z')]);
    expect(await monitor.read('clean')).toEqual(status);
  });
});

describe('the status of timers in a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'functions-host-timers-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is there for the next process', async () => {
    const status = { last: at('12:00:00.120'), next: at('13:00:00'), lastUpdated: never };
    await createFileScheduleMonitor(join(folder, 'new')).write('clean', status);
    expect(await createFileScheduleMonitor(join(folder, 'new')).read('clean')).toEqual(status);
  });

  it('has the form of the real host', async () => {
    const status = { last: never, next: at('13:00:00'), lastUpdated: at('12:30:00') };
    await createFileScheduleMonitor(folder).write('clean', status);
    const written = JSON.parse(await readFile(join(folder, 'clean.status'), 'utf8'));
    expect(Object.keys(written)).toEqual(['Last', 'Next', 'LastUpdated']);
    expect(written.Last).toBe('0001-01-01T00:00:00+00:00');
    expect(written.Next).toMatch(/^2026-11-2\dT\d\d:\d\d:00[+-]\d\d:\d\d$/);
  });

  it.each(['', '{"Last":', '[]', '{"Last":"x","Next":"y","LastUpdated":"z"}'])(
    'broken as %j is as none',
    async (text) => {
      await writeFile(join(folder, 'clean.status'), text);
      expect(await createFileScheduleMonitor(folder).read('clean')).toBeUndefined();
    },
  );
});
