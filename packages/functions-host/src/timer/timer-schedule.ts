import { parseTimespan } from '../timespan.ts';
import { parseNcrontab } from './ncrontab.ts';

export interface TimerSchedule {
  /** The next occurrence after a time. */
  next(after: Date): Date;
  /** As the function sees it in `timer.schedule.adjustForDST`. */
  adjustForDst: boolean;
  /** Occurs more than once a minute: the host then keeps no status for it, whatever `useMonitor` says. */
  withinMinutes: boolean;
}

/**
 * A schedule as TimerSchedule.Create (azure-webjobs-sdk-extensions) reads it: an NCRONTAB expression, else a .NET time
 * span between two runs. Throws if it is neither.
 */
export function createTimerSchedule(text: string): TimerSchedule {
  const cron = parseNcrontab(text);
  if (cron !== undefined) {
    const next = (after: Date): Date => {
      const found = cron.next(after);
      if (found === undefined) throw new Error(`The schedule "${text}" never occurs.`);
      return found;
    };
    return { next, adjustForDst: true, withinMinutes: occursWithinMinutes(text, next) };
  }
  const interval = parseTimespan(text);
  if (interval === undefined || interval === 0) {
    throw new Error(`The schedule "${text}" is neither an NCRONTAB expression nor a time span.`);
  }
  return {
    next: (after) => new Date(after.getTime() + interval),
    adjustForDst: false,
    withinMinutes: interval < 60_000,
  };
}

/** ShouldDisableScheduleMonitor: all fields but the seconds are open, and two occurrences fit into a minute. */
function occursWithinMinutes(text: string, next: (after: Date) => Date): boolean {
  const parts = text.trim().split(/\s+/);
  if (parts.slice(1).some((part) => part !== '*')) return false;
  const first = next(new Date(0));
  return next(first).getTime() - first.getTime() < 60_000;
}
