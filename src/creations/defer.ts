import type { ExternalGroup } from '../groups/external-group.ts';
import type { PostponementReason } from '../groups/reasons.ts';
import { AdapterError, describeError } from '../problems/adapter-error.ts';
import type { Problem } from '../problems/problem.ts';
import { toEnvelope } from '../queue/envelope.ts';
import type { Runtime } from '../shared/runtime.ts';
import { grace } from '../shared/within.ts';
import { storageWithin } from '../storage/bounds.ts';
import { queueNames, type Send } from '../storage/queues.ts';
import type { Log } from '../telemetry/telemetry.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import { toError } from './operation-records.ts';
import { type Operation, toOperation } from './operations/operation.ts';
import type { Operations } from './operations/operations.ts';

/** A creation without a result from Graph, to be kept for later. */
interface Deferral {
  readonly connectionId: string;
  readonly group: ExternalGroup;
  readonly reason: PostponementReason;
  readonly attempts: number;
  readonly uncertain: boolean;
  /** Seconds until the next attempt. */
  readonly delay: number;
  readonly problem: Problem | null;
  /** Milliseconds left until the caller must have an answer. */
  readonly within: number;
  readonly trace: TraceContext;
  readonly log: Log;
}

/** Keeps a creation for later; rejects with `deferral-unavailable` if that fails. */
export type Defer = (deferral: Deferral) => Promise<Operation>;

/**
 * The message holds the work; the operation lets a caller follow it. Both are written in this order:
 *
 *     caller ── POST ──► adapter ── 1 send message ──► queue
 *                           │                            └──► worker: running … succeeded | failed
 *                           ├────── 2 record operation ──► table   (only if nothing later is there)
 *            ◄── 202 ───────┘
 *
 *     crash before 1     no answer, nothing accepted: the caller sends again
 *     crash after 1      no answer, but the work is done; if sent again it is the same operation
 *     worker before 2    the worker has recorded more than "notStarted": 2 leaves it alone
 *     2 fails            202 anyway: the work is safe; the worker records the operation when it starts
 */
export function createDefer(
  send: Send,
  operations: Pick<Operations, 'record'>,
  { clock, newId }: Runtime,
): Defer {
  return async function defer(deferral) {
    const { connectionId, group, reason, attempts, uncertain, delay, problem, trace, log } = deferral;
    const answerBy = clock.monotonic() + deferral.within;
    const timeLeft = () => Math.max(0, Math.min(storageWithin.http, answerBy - grace - clock.monotonic()));
    const now = clock.now();
    const queuedAt = new Date(now).toISOString();
    const id = newId();
    const facts = { connectionId, group, status: 'notStarted', reason, attempts, queuedAt } as const;
    const operation = toOperation({ ...facts, at: queuedAt });
    const envelope = toEnvelope({
      delivery: { id },
      firstQueued: queuedAt,
      isFirst: true,
      reason,
      attempts,
      uncertain,
      trace,
    });
    const message = { connectionId, group, operationId: operation.id, ...envelope };
    let insertedOn: number;
    try {
      ({ insertedOn } = await send(queueNames.work, message, { delay, within: timeLeft() }));
    } catch (cause) {
      const text = 'The group could not be created now, and the creation could not be queued.';
      const graph = problem?.members.graph;
      throw new AdapterError('deferral-unavailable', `${text} Nothing was accepted.`, {
        message: `${text} The queue refused it.`,
        cause,
        members: graph === undefined ? {} : { graph },
      });
    }
    const next = new Date(now + Math.ceil(delay) * 1000).toISOString();
    const accepted: Operation = {
      ...operation,
      ...(delay > 0 ? { nextAttemptDateTime: next } : {}),
      ...(problem === null ? {} : { error: toError(problem, operation.id) }),
    };
    try {
      // Deliveries are ordered by the clock of the queue, as its worker sees them. Usually nothing is recorded yet.
      const delivery = { id, queuedAt: new Date(insertedOn).toISOString() };
      const { operation: shown } = await operations.record(accepted, delivery, timeLeft(), null);
      // The operation as it was accepted: the worker may be further along, which the caller sees when polling.
      return { ...accepted, createdDateTime: shown.createdDateTime };
    } catch (thrown) {
      log('warn', `operation ${operation.id}: queued, but not recorded: ${describeError(thrown)}`);
      return accepted;
    }
  };
}
