import type { Message, ReadMessage } from '../deferral/message.ts';
import { queueNames, type Send } from '../deferral/queue.ts';
import type { CreateExternalGroup } from '../graph/create-external-group.ts';
import type { Outcome } from '../groups/outcome.ts';
import { decideQueued, type PostponementReason } from '../groups/policy.ts';
import { isFinal, type Operation, operationPath } from '../operations/operation.ts';
import type { Operations } from '../operations/operations.ts';
import { describeError } from '../problems/adapter-error.ts';
import { problemDetails } from '../problems/catalogue.ts';
import { type OutcomeProblem, problemOf } from '../problems/outcome-problem.ts';
import { storageWithin } from '../storage/bounds.ts';
import type { Telemetry, WorkResult } from '../telemetry/telemetry.ts';
import { type Arrival, admit, type Work } from './admit.ts';
import type { Bury } from './bury.ts';
import { eventFields, settledEvents } from './events.ts';

/** Works off one message of the queue. Rejects only where storage lets it down: the host delivers again. */
export type CreateDeferred = (payload: unknown, arrival: Arrival) => Promise<void>;

export interface CreateDeferredDependencies {
  readonly readMessage: ReadMessage;
  readonly isAllowed: (connectionId: string) => boolean;
  readonly createExternalGroup: CreateExternalGroup;
  readonly send: Send;
  readonly operations: Operations;
  readonly bury: Bury;
  readonly telemetry: Telemetry;
  /** Where a group is found in Graph. */
  readonly locate: (connectionId: string, groupId: string) => string;
  /** Milliseconds. */
  readonly graphDeadline: number;
  readonly giveUpAfter: number;
  readonly now: () => number;
  readonly random: () => number;
}

/** Seconds until a creation is looked at again whose end could not be recorded. */
const recordAgainAfter = 60;

export function createCreateDeferred(dependencies: CreateDeferredDependencies): CreateDeferred {
  const { createExternalGroup, send, operations, bury, telemetry, now, random } = dependencies;

  async function record(work: Work, operation: Operation) {
    try {
      return await operations.record(operation, work.delivery, storageWithin.queue);
    } catch (thrown) {
      work.log(
        'warn',
        `operation ${work.operationId}: ${operation.status}, not recorded: ${describeError(thrown)}`,
      );
      return null;
    }
  }

  /** A new message first, then done with the old one: a crash in between leaves two, never none. */
  async function queueAgain(work: Work, reason: PostponementReason, uncertain: boolean, delay: number) {
    const message: Message = { ...work.message, reason, attempts: work.attempts, uncertain };
    await send(queueNames.work, message, { delay, within: storageWithin.queue });
  }

  async function settle(work: Work, outcome: Outcome) {
    const event = settledEvents[outcome.kind];
    if (event !== undefined) telemetry.event(event, eventFields(work.subject, outcome), work.trace);
    const succeeded = describe(work, 'succeeded', {
      resourceLocation: dependencies.locate(work.message.connectionId, work.message.group.id),
    });
    if ((await record(work, succeeded)) === null) await queueAgain(work, 'queued', true, recordAgainAfter);
  }

  async function postpone(work: Work, outcome: Outcome, reason: PostponementReason, seconds: number) {
    const uncertain = 'uncertain' in outcome ? outcome.uncertain : work.message.uncertain === true;
    await queueAgain(work, reason, uncertain, seconds);
    telemetry.event('ExternalGroupPostponed', { ...eventFields(work.subject, outcome), reason }, work.trace);
    const why = outcome.kind === 'unavailable' ? outcome.why : outcome.kind;
    work.log('warn', `operation ${work.operationId}: postponed by ${Math.ceil(seconds)} s: ${why}`);
    const problem = problemOf(outcome, work.message.group);
    const next = new Date(now() + Math.ceil(seconds) * 1000).toISOString();
    await record(work, {
      ...describe(work, 'running', { nextAttemptDateTime: next }),
      reason,
      ...(problem === null ? {} : { error: toProblem(problem, work.operationId) }),
    });
  }

  async function fail(work: Work, outcome: Outcome, code: OutcomeProblem['code']) {
    const problem = problemOf(outcome, work.message.group);
    const { graph, existing, hint } = problem?.members ?? {};
    const givenUp = `Given up after ${work.attempts} attempts. ${problem?.detail ?? ''}`.trimEnd();
    if (outcome.kind === 'conflict')
      telemetry.event('ExternalGroupConflict', eventFields(work.subject, outcome), work.trace);
    await bury({
      content: { message: { ...work.message, attempts: work.attempts } },
      error: {
        code,
        detail: code === problem?.code && code !== 'graph-access-denied' ? problem.detail : givenUp,
        ...(graph === undefined ? {} : { graph }),
        ...(existing === undefined ? {} : { existing }),
      },
      operation: describe(work, 'failed'),
      requested: work.message.group,
      ...(hint === undefined ? {} : { hint }),
      delivery: work.delivery,
      trace: work.trace,
      log: work.log,
    });
  }

  function describe(work: Work, status: Operation['status'], more: Partial<Operation> = {}): Operation {
    return {
      id: work.operationId,
      status,
      connectionId: work.message.connectionId,
      groupId: work.message.group.id,
      reason: work.message.reason ?? 'queued',
      createdDateTime: work.delivery,
      lastActionDateTime: new Date(now()).toISOString(),
      attempts: work.attempts,
      ...more,
    };
  }

  async function workOff(work: Work): Promise<WorkResult> {
    const { connectionId, group } = work.message;
    const startedAt = now();
    const age = Math.max(0, startedAt - Date.parse(work.delivery));
    telemetry.metric('externalGroups.queue.age', age, {});

    const [outcome, marked] = await Promise.all([
      createExternalGroup(connectionId, group, {
        signal: AbortSignal.timeout(dependencies.graphDeadline),
        trace: work.trace,
        uncertain: work.message.uncertain === true,
        urgent: false,
      }),
      record(work, describe(work, 'running')),
    ]);
    const duration = now() - startedAt;
    telemetry.metric('externalGroups.create.duration', duration, { source: 'queue', outcome: outcome.kind });
    // A crash between "new message" and "done with the old one" leaves a copy; its creation has ended meanwhile.
    if (marked !== null && marked.delivery === work.delivery && isFinal(marked.operation)) return 'done';

    const decision = decideQueued(outcome, {
      attempts: work.attempts,
      age: age / 1000,
      giveUpAfter: dependencies.giveUpAfter / 1000,
      random: random(),
    });
    if (decision.do === 'done') {
      await settle(work, outcome);
      return 'done';
    }
    if (decision.do === 'postpone') {
      await postpone(work, outcome, decision.reason, decision.seconds);
      return 'postponed';
    }
    // An end that cannot be shown waits until it can: the operation would read "running" for ever.
    if (marked === null) {
      await queueAgain(work, work.message.reason ?? 'queued', false, recordAgainAfter);
      return 'postponed';
    }
    await fail(work, outcome, decision.code);
    return 'dead-lettered';
  }

  return async (payload, arrival) => {
    const admitted = admit(payload, arrival, dependencies);
    const { trace: parent } = 'burial' in admitted ? admitted.burial : admitted.work;
    const span = telemetry.queueWork(parent, arrival.traceContext);
    let result: WorkResult = 'failed';
    try {
      if ('burial' in admitted) {
        await bury({ ...admitted.burial, trace: span.trace });
        result = 'dead-lettered';
      } else {
        // The message keeps the trace it came with, so that all attempts stand side by side below the delivery.
        result = await workOff({ ...admitted.work, trace: span.trace });
      }
    } finally {
      span.end(result);
    }
  };
}

function toProblem({ code, detail, members }: OutcomeProblem, operationId: string) {
  return problemDetails(code, detail, operationPath(operationId), members);
}
