import type { ScheduleMonitor } from './schedule-monitor.ts';
import { checkPastDue } from './schedule-monitor.ts';
import { never, type ScheduleStatus } from './schedule-status.ts';
import type { TimerFunction } from './timer-function.ts';

export interface TimerRun {
  pastDue: boolean;
  /** Undefined if the timer is not monitored. */
  status: ScheduleStatus | undefined;
}

export interface TimerListenerOptions {
  timer: Pick<TimerFunction, 'target' | 'schedule' | 'runOnStartup' | 'useMonitor'>;
  monitor: ScheduleMonitor;
  /** Runs the function; never rejects. */
  run(run: TimerRun): Promise<void>;
  /** The status could not be read or written: the timer continues without it. */
  onMonitorError(error: unknown): void;
}

export interface TimerListener {
  begin(): void;
  stop(): void;
}

/** setTimeout is limited to 24.8 days; longer waits are split, as in the source. */
const LONGEST_WAIT_MS = 24 * 24 * 3_600_000;

/**
 * Runs one timer function on its schedule (TimerListener.cs of azure-webjobs-sdk-extensions): first at once if an
 * occurrence was missed or `runOnStartup` is set, then one run after the other. The wait for the next run begins when
 * the previous one has ended, so runs never overlap, and of the occurrences during a run only the last counts.
 */
export function createTimerListener(options: TimerListenerOptions): TimerListener {
  const { timer, monitor, run, onMonitorError } = options;
  const { schedule, runOnStartup, useMonitor } = timer;
  const { name } = timer.target.metadata;
  let stopped = false;
  let pending: NodeJS.Timeout | undefined;
  let status: ScheduleStatus;

  function wait(until: Date, then: () => void): void {
    if (stopped) return;
    const left = Math.max(1, until.getTime() - Date.now());
    const next = left > LONGEST_WAIT_MS ? () => wait(until, then) : then;
    pending = setTimeout(next, Math.min(left, LONGEST_WAIT_MS));
  }

  function waitForNext(): void {
    wait(status.next, () => void fire({ pastDue: false, startup: false }));
  }

  async function fire({ pastDue, startup }: { pastDue: boolean; startup: boolean }): Promise<void> {
    const began = new Date();
    await run({ pastDue, status: useMonitor ? status : undefined });
    // A timer that fired slightly early must not find the same occurrence again.
    const last = !pastDue && !startup && status.next > began ? status.next : began;
    status = { last, next: schedule.next(last), lastUpdated: last };
    if (useMonitor) await monitor.write(name, status).catch(onMonitorError);
    waitForNext();
  }

  async function start(): Promise<void> {
    const now = new Date();
    status = { last: never, next: schedule.next(now), lastUpdated: never };
    let pastDue = false;
    if (useMonitor) {
      try {
        ({ status, pastDue } = await checkPastDue(monitor, name, schedule, now));
      } catch (error) {
        onMonitorError(error);
      }
    }
    if (pastDue || runOnStartup) wait(now, () => void fire({ pastDue, startup: !pastDue }));
    else waitForNext();
  }

  return {
    begin: () => void start(),
    stop() {
      stopped = true;
      clearTimeout(pending);
    },
  };
}
