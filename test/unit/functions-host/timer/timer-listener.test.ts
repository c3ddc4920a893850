import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryScheduleMonitor } from '../../../../packages/functions-host/src/timer/schedule-monitor.ts';
import { never } from '../../../../packages/functions-host/src/timer/schedule-status.ts';
import {
  createTimerListener,
  type TimerListener,
  type TimerRun,
} from '../../../../packages/functions-host/src/timer/timer-listener.ts';
import { createTimerSchedule } from '../../../../packages/functions-host/src/timer/timer-schedule.ts';

beforeAll(() => void vi.stubEnv('TZ', 'UTC'));
afterAll(() => void vi.unstubAllEnvs());

const at = (time: string): Date => new Date(`2026-11-25T${time}Z`);
const target = { metadata: { name: 'clean', bindings: {} }, callback: () => undefined };

describe('a timer', () => {
  let listener: TimerListener;
  let runs: (TimerRun & { at: string })[];
  let monitor: ReturnType<typeof createMemoryScheduleMonitor>;
  let lasting: number;
  let monitorErrors: unknown[];
  beforeEach(() => {
    vi.useFakeTimers({ now: at('12:00:30') });
    runs = [];
    monitor = createMemoryScheduleMonitor();
    lasting = 0;
    monitorErrors = [];
  });
  afterEach(() => {
    listener.stop();
    vi.useRealTimers();
  });

  function begin(schedule: string, options: { runOnStartup?: boolean; useMonitor?: boolean } = {}): void {
    const { runOnStartup = false, useMonitor = true } = options;
    listener = createTimerListener({
      timer: { target, schedule: createTimerSchedule(schedule), runOnStartup, useMonitor },
      monitor,
      async run(run) {
        runs.push({ ...run, at: new Date().toISOString().slice(11, 19) });
        await new Promise((done) => setTimeout(done, lasting));
      },
      onMonitorError: (error) => monitorErrors.push(error),
    });
    listener.begin();
  }
  const times = (): string[] => runs.map((run) => run.at);

  it('runs on its schedule', async () => {
    begin('0 * * * * *');
    await vi.advanceTimersByTimeAsync(150_000);
    expect(times()).toEqual(['12:01:00', '12:02:00', '12:03:00']);
    expect(runs.map(({ pastDue }) => pastDue)).toEqual([false, false, false]);
  });

  it('runs at start if configured, then on its schedule', async () => {
    begin('0 * * * * *', { runOnStartup: true });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(times()).toEqual(['12:00:30', '12:01:00']);
    expect(runs[0]?.pastDue).toBe(false);
  });

  it('that missed an occurrence while no host ran makes up for it at once, and once', async () => {
    const missed = { last: at('11:50:00'), next: at('11:51:00'), lastUpdated: at('11:50:00') };
    await monitor.write('clean', missed);
    begin('0 * * * * *');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(times()).toEqual(['12:00:30', '12:01:00']);
    expect(runs.map(({ pastDue }) => pastDue)).toEqual([true, false]);
    expect(runs[0]?.status).toEqual(missed);
  });

  it('without a monitor has missed nothing, and no status', async () => {
    const missed = { last: at('11:50:00'), next: at('11:51:00'), lastUpdated: at('11:50:00') };
    await monitor.write('clean', missed);
    begin('0 * * * * *', { useMonitor: false });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(runs).toEqual([{ at: '12:01:00', pastDue: false, status: undefined }]);
    expect(await monitor.read('clean')).toEqual(missed);
  });

  it('tells the function when it ran last, and when this run was due', async () => {
    begin('0 * * * * *');
    await vi.advanceTimersByTimeAsync(100_000);
    expect(runs.map(({ status }) => status)).toEqual([
      { last: never, next: at('12:01:00'), lastUpdated: at('12:00:30') },
      { last: at('12:01:00'), next: at('12:02:00'), lastUpdated: at('12:01:00') },
    ]);
    expect((await monitor.read('clean'))?.next).toEqual(at('12:03:00'));
  });

  it('never runs twice at once: what fell due during a run is made up once', async () => {
    lasting = 150_000;
    begin('0 * * * * *');
    await vi.advanceTimersByTimeAsync(300_000);
    expect(times()).toEqual(['12:01:00', '12:03:30']);
  });

  it('waits longer than a timer of Node can', async () => {
    begin('0 0 0 1 3 *');
    await vi.advanceTimersByTimeAsync(95 * 24 * 3_600_000);
    expect(runs).toEqual([]);
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    expect(times()).toHaveLength(1);
  });

  it('stops', async () => {
    begin('0 * * * * *');
    await vi.advanceTimersByTimeAsync(30_000);
    listener.stop();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(times()).toEqual(['12:01:00']);
  });

  it('goes on if its status cannot be kept', async () => {
    const broken = new Error('the disk is full');
    monitor = { read: () => Promise.reject(broken), write: () => Promise.reject(broken) };
    begin('0 * * * * *');
    await vi.advanceTimersByTimeAsync(100_000);
    expect(times()).toEqual(['12:01:00', '12:02:00']);
    expect(monitorErrors).toEqual([broken, broken, broken]);
  });
});
