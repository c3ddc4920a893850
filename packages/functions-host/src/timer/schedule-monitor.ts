import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../json-file.ts';
import { localTimestamp, never, type ScheduleStatus } from './schedule-status.ts';
import type { TimerSchedule } from './timer-schedule.ts';

/** Keeps the status of timers beyond the lifetime of a host. */
export interface ScheduleMonitor {
  read(functionName: string): Promise<ScheduleStatus | undefined>;
  write(functionName: string, status: ScheduleStatus): Promise<void>;
}

/** In a folder, as FileSystemScheduleMonitor does; on Azure it is a blob in azure-webjobs-hosts/timers. */
export function createFileScheduleMonitor(folder: string): ScheduleMonitor {
  const fileOf = (functionName: string): string => join(folder, `${functionName}.status`);
  return {
    async read(functionName) {
      let text: string;
      try {
        text = await readFile(fileOf(functionName), 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
      return parseStatus(text);
    },
    async write(functionName, { last, next, lastUpdated }) {
      await mkdir(folder, { recursive: true });
      const status = {
        Last: localTimestamp(last),
        Next: localTimestamp(next),
        LastUpdated: localTimestamp(lastUpdated),
      };
      await writeFile(fileOf(functionName), JSON.stringify(status));
    },
  };
}

/** For one process: nothing is past due in the next one. */
export function createMemoryScheduleMonitor(): ScheduleMonitor {
  const statuses = new Map<string, ScheduleStatus>();
  return {
    read: async (functionName) => statuses.get(functionName),
    async write(functionName, status) {
      statuses.set(functionName, status);
    },
  };
}

/** A status that cannot be read counts as missing: a crash may have left half of it. */
function parseStatus(text: string): ScheduleStatus | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) return undefined;
    const [last, next, lastUpdated] = [value.Last, value.Next, value.LastUpdated].map(
      (date) => new Date(String(date)),
    );
    if (last === undefined || next === undefined || lastUpdated === undefined) return undefined;
    return [last, next, lastUpdated].some((date) => Number.isNaN(date.getTime()))
      ? undefined
      : { last, next, lastUpdated };
  } catch {
    return undefined;
  }
}

/**
 * The initial status, saved if it is new or the schedule has changed, and whether an occurrence has been missed since
 * (ScheduleMonitor.CheckPastDueAsync).
 */
export async function checkPastDue(
  monitor: ScheduleMonitor,
  functionName: string,
  schedule: TimerSchedule,
  now: Date,
): Promise<{ status: ScheduleStatus; pastDue: boolean }> {
  const known = await monitor.read(functionName);
  let status = known ?? { last: never, next: schedule.next(now), lastUpdated: now };
  if (known === undefined) {
    await monitor.write(functionName, status);
  } else {
    const countedFrom = [known.last, known.lastUpdated].find((date) => date.getTime() !== never.getTime());
    let base = countedFrom ?? now;
    let expected = schedule.next(base);
    if (expected.getTime() !== known.next.getTime()) {
      // The schedule has changed: what the old one missed does not count.
      if (now > expected) {
        base = now;
        expected = schedule.next(now);
      }
      status = { last: never, next: expected, lastUpdated: base };
      await monitor.write(functionName, status);
    }
  }
  return { status, pastDue: now > status.next };
}
