import type { WorkResult } from '../telemetry/telemetry.ts';
import { acceptMessage, traceOf } from './accept-message.ts';
import type { WorkKind } from './kind.ts';
import type { Piece, TriggerMetadata } from './piece.ts';
import { decide } from './policy.ts';
import type { WorkPorts } from './ports.ts';
import { startProgress } from './progress.ts';
import { createSettlement } from './settlement.ts';
import { createUnread } from './unread.ts';

/** Processes one message of a queue. Rejects only if storage fails: the host delivers it again. */
export type QueueWorker = (payload: unknown, metadata: TriggerMetadata) => Promise<void>;

/** Milliseconds that an attempt may take before its record says "running". */
const shownAfter = 250;

export function createQueueWorker<Content extends object, Outcome>(
  kind: WorkKind<Content, Outcome>,
  ports: WorkPorts,
): QueueWorker {
  const { telemetry, runtime, limits } = ports;
  const { clock, newId } = runtime;
  const settlement = createSettlement(kind, ports);
  const unread = createUnread(kind, ports);

  async function workOff(piece: Piece<Content>): Promise<WorkResult> {
    const progress = startProgress(() => settlement.begin(piece), shownAfter, clock);
    const outcome = await kind.attempt(piece, limits.attemptWithin);
    const verdict = kind.judge(outcome, piece);
    const decision = decide(verdict.rule, verdict, {
      attempts: piece.attempts,
      age: piece.age / 1000,
      giveUpAfter: limits.giveUpAfter / 1000,
      random: runtime.random(),
    });
    if (decision.do === 'complete') {
      await settlement.complete(piece, verdict, await progress.stop());
      return 'done';
    }
    if (decision.do === 'reschedule') {
      await settlement.reschedule(piece, verdict, decision, await progress.stop());
      return 'postponed';
    }
    const begun = await progress.show();
    if (begun === null && !piece.isOverdue) {
      await settlement.requeueToVerify(piece);
      return 'postponed';
    }
    await settlement.deadLetter(piece, verdict, decision, begun);
    return 'dead-lettered';
  }

  return async function workQueuedMessage(payload, metadata) {
    const options = { now: clock.now(), giveUpAfter: limits.giveUpAfter, newId };
    const accepted = acceptMessage(kind, payload, metadata, options);
    const span = telemetry.queueWork(traceOf(accepted, metadata), metadata.traceContext, kind.name);
    let result: WorkResult = 'failed';
    try {
      if (accepted.kind === 'unreadable') {
        await unread.deadLetterUnreadable(accepted, metadata, span.trace);
        result = 'dead-lettered';
      } else if (accepted.kind === 'later-version') {
        result = await unread.keepLaterVersion(accepted, metadata, span.trace);
      } else if (accepted.kind === 'refused') {
        await settlement.refuse({ ...accepted.piece, trace: span.trace }, accepted.error);
        result = 'dead-lettered';
      } else {
        // The message keeps the trace it came with, so that all attempts are siblings below the request.
        result = await workOff({ ...accepted.piece, trace: span.trace });
      }
    } finally {
      span.end(result);
    }
  };
}
