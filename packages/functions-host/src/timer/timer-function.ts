import { type AppSettings, resolveSettings } from '../app-settings.ts';
import type { RegisteredFunction } from '../core-api.ts';
import { errorText } from '../error-text.ts';
import { createTimerSchedule, type TimerSchedule } from './timer-schedule.ts';

export interface TimerFunction {
  target: RegisteredFunction;
  /** Name of the trigger's binding. */
  binding: string;
  /** Settings in it resolved. */
  scheduleText: string;
  schedule: TimerSchedule;
  runOnStartup: boolean;
  useMonitor: boolean;
}

/** The timer trigger of a registered function, or undefined if it has none. */
export function describeTimerFunction(
  target: RegisteredFunction,
  settings: AppSettings,
): TimerFunction | undefined {
  const { name, bindings } = target.metadata;
  const found = Object.entries(bindings).find(([, { type }]) => type?.toLowerCase() === 'timertrigger');
  if (found === undefined) return undefined;
  const [binding, { schedule: given, runOnStartup, useMonitor }] = found;
  const scheduleText = resolveSettings(String(given ?? ''), `Function "${name}": its schedule`, settings);
  let schedule: TimerSchedule;
  try {
    schedule = createTimerSchedule(scheduleText);
  } catch (error) {
    throw new Error(`Function "${name}": ${errorText(error)}`, { cause: error });
  }
  return {
    target,
    binding,
    scheduleText,
    schedule,
    runOnStartup: runOnStartup === true,
    useMonitor: useMonitor !== false && !schedule.withinMinutes,
  };
}
