import type { ExternalGroup } from '../groups/external-group.ts';
import { operationIdOf } from '../groups/operation-id.ts';
import type { PostponementReason } from '../groups/postponement-reason.ts';
import { AdapterError, describeError } from '../problems/adapter-error.ts';
import { problemDetails } from '../problems/catalogue.ts';
import type { OutcomeProblem } from '../problems/outcome-problem.ts';
import type { Clock } from '../shared/clock.ts';
import { grace } from '../shared/within.ts';
import { storageWithin } from '../storage/bounds.ts';
import { queueNames, type Send } from '../storage/queues.ts';
import type { Log } from '../telemetry/log.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import type { Message } from './message.ts';
import { type Operation, operationPath } from './operations/operation.ts';
import type { Operations } from './operations/operations.ts';

/** A creation that Graph has not settled and that is to be kept. */
export interface Deferral {
  readonly connectionId: string;
  readonly group: ExternalGroup;
  readonly reason: PostponementReason;
  readonly attempts: number;
  readonly uncertain: boolean;
  /** Seconds until the next attempt. */
  readonly delay: number;
  readonly problem: OutcomeProblem | null;
  /** Milliseconds that are left until the caller must have an answer. */
  readonly within: number;
  readonly trace: TraceContext;
  readonly log: Log;
}

/** Keeps a creation for later; rejects with `deferral-unavailable` where it could not be kept. */
export type Defer = (deferral: Deferral) => Promise<Operation>;

/**
 * The queue is the truth, the operations table a projection of it. Both are written in this order:
 *
 *     caller ── POST ──► adapter ── 1 send message ──► queue
 *                           │                            └──► twin: running … succeeded | failed
 *                           ├────── 2 record operation ──► table   (only if nothing later is there)
 *            ◄── 202 ───────┘
 *
 *     crash before 1    no answer, nothing accepted: the caller sends again
 *     crash after 1     no answer, yet the work is done; sent again it is the same operation
 *     twin before 2     the twin has recorded more than "notStarted": 2 leaves it alone
 *     2 fails           202 all the same: the work is safe; the twin records the operation when it starts
 */
export function createDefer(send: Send, operations: Operations, clock: Clock): Defer {
  return async function defer(deferral) {
    const { connectionId, group, reason, attempts, uncertain, delay, problem, trace, log } = deferral;
    const answerBy = clock.monotonic() + deferral.within;
    const timeLeft = () => Math.max(0, Math.min(storageWithin.http, answerBy - grace - clock.monotonic()));
    const queuedAt = clock.now();
    const firstQueuedDateTime = new Date(queuedAt).toISOString();
    const operationId = operationIdOf(connectionId, group);
    const message: Message = {
      connectionId,
      group,
      operationId,
      reason,
      attempts,
      uncertain,
      firstQueuedDateTime,
      ...trace,
    };
    try {
      await send(queueNames.work, message, { delay, within: timeLeft() });
    } catch (cause) {
      const text = 'The group could not be created now and could not be kept for later.';
      const graph = problem?.members.graph;
      throw new AdapterError('deferral-unavailable', `${text} Nothing was accepted.`, {
        message: `${text} The queue refused it.`,
        cause,
        members: graph === undefined ? {} : { graph },
      });
    }
    const operation: Operation = {
      id: operationId,
      status: 'notStarted',
      connectionId,
      groupId: group.id,
      reason,
      createdDateTime: firstQueuedDateTime,
      lastActionDateTime: firstQueuedDateTime,
      attempts,
      ...(delay > 0
        ? { nextAttemptDateTime: new Date(queuedAt + Math.ceil(delay) * 1000).toISOString() }
        : {}),
      ...(problem === null
        ? {}
        : {
            error: problemDetails(problem.code, problem.detail, operationPath(operationId), problem.members),
          }),
    };
    try {
      const { operation: stored } = await operations.record(operation, firstQueuedDateTime, timeLeft());
      // What was accepted, as it was accepted: the twin may be further already, which the caller learns when it asks.
      return { ...operation, createdDateTime: stored.createdDateTime };
    } catch (thrown) {
      log('warn', `operation ${operationId}: queued, but not recorded: ${describeError(thrown)}`);
      return operation;
    }
  };
}
