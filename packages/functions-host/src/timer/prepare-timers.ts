import { randomUUID } from 'node:crypto';
import { type AppSettings, isFunctionDisabled } from '../app-settings.ts';
import type { RegisteredFunction } from '../core-api.ts';
import { errorStack, errorText } from '../error-text.ts';
import type { Invoker } from '../invoke.ts';
import type { Log } from '../logger.ts';
import { createTraceContext } from '../trace-context.ts';
import type { TriggerHost } from '../trigger-host.ts';
import { createFileScheduleMonitor, createMemoryScheduleMonitor } from './schedule-monitor.ts';
import { localTimestamp } from './schedule-status.ts';
import { describeTimerFunction, type TimerFunction } from './timer-function.ts';
import { createTimerListener, type TimerRun } from './timer-listener.ts';

export interface TimersOptions {
  functions: readonly RegisteredFunction[];
  settings: AppSettings;
  invoker: Invoker;
  log: Log;
  /** Where the schedules' status is kept; undefined: in memory. */
  folder: string | undefined;
}

/** Prepares a listener for every function with a timer trigger; `begin` starts them. */
export function prepareTimers({ functions, settings, invoker, log, folder }: TimersOptions): TriggerHost {
  const monitor = folder === undefined ? createMemoryScheduleMonitor() : createFileScheduleMonitor(folder);
  const timers = functions
    .map((target) => describeTimerFunction(target, settings))
    .filter((found): found is TimerFunction => found !== undefined);
  const disabled = ({ target }: TimerFunction): boolean => isFunctionDisabled(target.metadata.name, settings);
  let active = 0;

  async function invoke(timer: TimerFunction, run: TimerRun): Promise<void> {
    active++;
    const { name: functionName } = timer.target.metadata;
    const invocationId = randomUUID();
    const say = (level: 'information' | 'error', message: string): void =>
      log({ level, category: `Function.${functionName}`, message, functionName, invocationId });
    const started = performance.now();
    const elapsed = (): string => `${Math.round(performance.now() - started)} ms`;
    try {
      await invoker.invoke({
        target: timer.target,
        invocationId,
        inputData: [{ name: timer.binding, data: { json: JSON.stringify(timerInfo(timer, run)) } }],
        triggerMetadata: {},
        traceContext: createTraceContext(),
      });
      say('information', `timer${run.pastDue ? ', past due,' : ''} succeeded ${elapsed()}`);
    } catch (error) {
      say('error', `timer failed ${elapsed()}: ${errorStack(error)}`);
      throw error;
    } finally {
      active--;
    }
  }

  const listeners = timers
    .filter((timer) => !disabled(timer))
    .map((timer) =>
      createTimerListener({
        timer,
        monitor,
        // A failure is in the log; the schedule continues.
        run: (run) => invoke(timer, run).catch(() => {}),
        onMonitorError(error) {
          const { name } = timer.target.metadata;
          const message = `${name}: the status of the timer cannot be kept: ${errorText(error)}`;
          log({ level: 'error', category: 'Host.Triggers.Timer', message });
        },
      }),
    );

  return {
    functions: timers.map((timer) => ({
      name: timer.target.metadata.name,
      type: 'timer',
      schedule: timer.scheduleText,
      ...(disabled(timer) ? { disabled: true } : {}),
    })),
    // TimerTriggerBinding.BindAsync: the input of the call is ignored.
    manualRuns: new Map(
      timers.map((timer) => {
        const { name } = timer.target.metadata;
        const run = async (): Promise<void> =>
          invoke(timer, { pastDue: false, status: timer.useMonitor ? await monitor.read(name) : undefined });
        return [name.toLowerCase(), run];
      }),
    ),
    begin() {
      for (const listener of listeners) listener.begin();
    },
    stop() {
      for (const listener of listeners) listener.stop();
    },
    active: () => active,
  };
}

/** TimerInfo as the host sends it to the worker; the library converts it to camel case. */
function timerInfo({ schedule }: TimerFunction, { pastDue, status }: TimerRun) {
  return {
    Schedule: { AdjustForDST: schedule.adjustForDst },
    ScheduleStatus:
      status === undefined
        ? null
        : {
            Last: localTimestamp(status.last),
            Next: localTimestamp(status.next),
            LastUpdated: localTimestamp(status.lastUpdated),
          },
    IsPastDue: pastDue,
  };
}
