import type { ExternalGroup } from '../groups/external-group.ts';
import { describeError } from '../problems/adapter-error.ts';
import { problemDetails } from '../problems/catalogue.ts';
import { storageWithin } from '../storage/bounds.ts';
import { queueNames, type Send } from '../storage/queues.ts';
import type { Log } from '../telemetry/log.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import { cutGroup, type DeadContent, type DeadLetterError, toDeadLetter } from '../work/dead-letter.ts';
import { type Operation, operationPath } from './operations/operation.ts';
import type { Operations } from './operations/operations.ts';

/** A creation that ends in failure. */
export interface Burial {
  readonly content: DeadContent;
  readonly error: DeadLetterError;
  /** The operation that this ends; null where the message names none. */
  readonly operation: Operation | null;
  /** The group that was asked for: a conflict shows it beside the existing one. */
  readonly requested?: ExternalGroup;
  readonly hint?: string;
  readonly delivery: string;
  readonly trace: TraceContext;
  readonly log: Log;
}

export type Bury = (burial: Burial) => Promise<void>;

/** JSON bytes that a table's binary property takes for an operation's error (its limit is 64 KiB). */
const longestError = 60 * 1024;

/**
 * Dead letter first, then the operation: a crash between the two repeats the burial, the other order could lose the
 * letter. Rejects where the letter cannot be written, so that the host delivers the message again.
 */
export function createBury(
  send: Send,
  operations: Operations,
  telemetry: Telemetry,
  now: () => number,
): Bury {
  return async ({ content, error, operation, requested, hint, delivery, trace, log }) => {
    const at = new Date(now()).toISOString();
    const letter = toDeadLetter(content, error, at);
    await send(queueNames.deadLetters, letter, { delay: 0, within: storageWithin.queue });
    telemetry.metric('externalGroups.deadLetters', 1, { code: error.code });
    telemetry.event(
      'ExternalGroupDeadLettered',
      {
        connectionId: operation?.connectionId ?? '',
        groupId: operation?.groupId ?? '',
        source: 'queue',
        operationId: operation?.id ?? '',
        attempts: operation?.attempts ?? 0,
        code: error.code,
        ...(error.graph === undefined ? {} : { graphStatus: error.graph.status }),
        ...(typeof error.graph?.code === 'string' ? { graphCode: error.graph.code } : {}),
        ...(typeof error.graph?.requestId === 'string' ? { graphRequestId: error.graph.requestId } : {}),
      },
      trace,
    );
    // The letter has the detail, which can repeat names that the message made up.
    log('error', `operation ${operation?.id ?? '(not named)'}: dead letter: ${error.code}`);
    if (operation === null) return;
    const failed: Operation = {
      ...operation,
      status: 'failed',
      lastActionDateTime: at,
      error: toProblem(error, operation.id, requested, hint),
    };
    try {
      await operations.record(failed, delivery, storageWithin.queue);
    } catch (thrown) {
      log('error', `operation ${operation.id}: failed, but not recorded: ${describeError(thrown)}`);
    }
  };
}

function toProblem(
  { code, detail, graph, existing }: DeadLetterError,
  operationId: string,
  requested: ExternalGroup | undefined,
  hint: string | undefined,
) {
  const build = (shownExisting: ExternalGroup | undefined) =>
    problemDetails(code, detail, operationPath(operationId), {
      ...(shownExisting === undefined ? {} : { existing: shownExisting }),
      ...(shownExisting === undefined || requested === undefined ? {} : { requested }),
      ...(graph === undefined ? {} : { graph }),
      ...(hint === undefined ? {} : { hint }),
    });
  const whole = build(existing);
  const fits = Buffer.byteLength(JSON.stringify(whole), 'utf8') <= longestError;
  return fits || existing === undefined ? whole : build(cutGroup(existing));
}
