import { describeError } from '../problems/adapter-error.ts';
import { isProblemCode } from '../problems/problem.ts';
import type { Discards } from '../storage/discards.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { newTrace, readTraceContext } from '../telemetry/trace-context.ts';
import type { TriggerMetadata } from './work-item.ts';

/** Reports the dead letters that operators have discarded since the last run; never rejects. */
type ReportDiscards = (invocation: Pick<TriggerMetadata, 'log'>) => Promise<void>;

/** Each is forgotten after it was reported: a crash in between reports it again. */
export function createReportDiscards(
  { list, forget }: Pick<Discards, 'list' | 'forget'>,
  telemetry: Pick<Telemetry, 'event'>,
): ReportDiscards {
  return async function reportDiscards({ log }) {
    try {
      for (const discard of await list()) {
        const { messageId, code, traceparent, ...fields } = discard;
        const trace = traceparent === '' ? newTrace() : readTraceContext(traceparent, undefined);
        telemetry.event(
          'ExternalGroupDeadLetterDiscarded',
          { ...fields, source: 'queue', ...(isProblemCode(code) ? { code } : {}) },
          trace,
        );
        await forget(discard);
      }
    } catch (thrown) {
      log('warn', `discarded dead letters cannot be reported now: ${describeError(thrown)}`);
    }
  };
}
