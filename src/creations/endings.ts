import type { Outcome } from '../groups/outcome.ts';
import type { PostponementReason } from '../groups/postponement-reason.ts';
import { describeError } from '../problems/adapter-error.ts';
import { problemDetails } from '../problems/catalogue.ts';
import { type OutcomeProblem, problemOf } from '../problems/outcome-problem.ts';
import type { Clock } from '../shared/clock.ts';
import { storageWithin } from '../storage/bounds.ts';
import { queueNames, type Send } from '../storage/queues.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Bury } from './bury.ts';
import { eventFields, settledEvents } from './events.ts';
import type { Message } from './message.ts';
import { type Operation, operationPath } from './operations/operation.ts';
import type { Operations, Recorded } from './operations/operations.ts';
import type { Work } from './work.ts';

/** The three ways in which an attempt ends, and what is put down on the way. */
export interface Endings {
  /** Shows the work as running; null where it cannot be shown. */
  readonly begin: (work: Work) => Promise<Recorded | null>;
  readonly settle: (work: Work, outcome: Outcome) => Promise<void>;
  readonly postpone: (
    work: Work,
    outcome: Outcome,
    reason: PostponementReason,
    seconds: number,
  ) => Promise<void>;
  readonly fail: (work: Work, outcome: Outcome, code: OutcomeProblem['code']) => Promise<void>;
  /** Leaves an end that cannot be shown for later, reading first: the operation would read "running" for ever. */
  readonly lookAgain: (work: Work) => Promise<void>;
}

export interface EndingsDependencies {
  readonly send: Send;
  readonly operations: Operations;
  readonly bury: Bury;
  readonly telemetry: Telemetry;
  /** Where a group is found in Graph. */
  readonly locate: (connectionId: string, groupId: string) => string;
  readonly clock: Clock;
}

/** Seconds until a creation is looked at again whose end could not be recorded. */
const recordAgainAfter = 60;

export function createEndings({
  send,
  operations,
  bury,
  telemetry,
  locate,
  clock,
}: EndingsDependencies): Endings {
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
    const succeeded = describe(work, 'succeeded', {
      resourceLocation: locate(work.message.connectionId, work.message.group.id),
    });
    const recorded = await record(work, succeeded);
    const event = settledEvents[outcome.kind];
    // A copy of a message whose end had been recorded: that it was created has been told then.
    const isCopy = recorded?.kept === true && recorded.delivery === work.delivery;
    if (event !== undefined && !isCopy)
      telemetry.event(event, eventFields(work.subject, outcome), work.trace);
    if (recorded === null) await lookAgain(work);
  }

  async function postpone(work: Work, outcome: Outcome, reason: PostponementReason, seconds: number) {
    const uncertain = 'uncertain' in outcome ? outcome.uncertain : work.message.uncertain === true;
    await queueAgain(work, reason, uncertain, seconds);
    telemetry.event('ExternalGroupPostponed', { ...eventFields(work.subject, outcome), reason }, work.trace);
    const why = outcome.kind === 'unavailable' ? outcome.why : outcome.kind;
    work.log('warn', `operation ${work.operationId}: postponed by ${Math.ceil(seconds)} s: ${why}`);
    const problem = problemOf(outcome, work.message.group);
    const next = new Date(clock.now() + Math.ceil(seconds) * 1000).toISOString();
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
      lastActionDateTime: new Date(clock.now()).toISOString(),
      attempts: work.attempts,
      ...more,
    };
  }

  function lookAgain(work: Work) {
    return queueAgain(work, work.message.reason ?? 'queued', true, recordAgainAfter);
  }

  return { begin: (work) => record(work, describe(work, 'running')), settle, postpone, fail, lookAgain };
}

function toProblem({ code, detail, members }: OutcomeProblem, operationId: string) {
  return problemDetails(code, detail, operationPath(operationId), members);
}
