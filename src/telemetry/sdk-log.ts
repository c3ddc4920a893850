import type { DiagLogger } from '@opentelemetry/api';
import type { Log } from './telemetry.ts';

/** Minimum milliseconds between two reports of the SDK's complaints. */
const reportEvery = 5 * 60_000;

/**
 * The SDK's own errors, for the operator: that signals are lost, and the code or status that says why. Its texts are left
 * out, because they can contain the intake's response or the data being sent.
 */
export function createSdkLog(log: Log, now: () => number = Date.now): DiagLogger {
  let complaints = 0;
  let reportedAt = Number.NEGATIVE_INFINITY;

  function complain(message: string): void {
    complaints += 1;
    if (now() - reportedAt < reportEvery) return;
    reportedAt = now();
    const cause = /"(?:code|statusCode|name)":\s*"?([\w.-]{1,60})/.exec(message)?.[1];
    const why = cause === undefined ? '' : ` (${cause})`;
    log(
      'warn',
      `Application Insights does not take what is sent${why}: ${complaints} times since the start.`,
    );
  }

  const nothing = () => undefined;
  return { error: complain, warn: complain, info: nothing, debug: nothing, verbose: nothing };
}
