import type { CreateExternalGroup } from '../graph/create-external-group.ts';
import type { ExternalGroup } from '../groups/external-group.ts';
import { operationIdOf } from '../groups/operation-id.ts';
import type { Outcome } from '../groups/outcome.ts';
import { eventFields } from '../queue/event-fields.ts';
import { delayBefore } from '../queue/policy.ts';
import { deadlineFor, graceOfAnswer } from '../shared/answer-in-time.ts';
import type { Runtime } from '../shared/runtime.ts';
import type { Log, Telemetry } from '../telemetry/telemetry.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import { attemptWithin } from './attempt.ts';
import type { Defer } from './defer.ts';
import type { Operation } from './operations/operation.ts';
import { creationPolicy, eventOf, retryAfterOf, wasTried } from './policy.ts';
import { problemOfCreation } from './problem.ts';

/** What an HTTP function passes in: validated, and from an authorised caller. */
export interface CreationRequest {
  readonly connectionId: string;
  readonly group: ExternalGroup;
  /** `respondAsync`: the caller prefers a 202; `wait`: milliseconds that the caller is ready to wait. */
  readonly preference: { readonly respondAsync: boolean; readonly wait: number | null };
  readonly trace: TraceContext;
  readonly log: Log;
}

export type CreationResult =
  | { readonly kind: 'answered'; readonly outcome: Outcome }
  | { readonly kind: 'accepted'; readonly operation: Operation };

export type CreateNow = (request: CreationRequest) => Promise<CreationResult>;

/** Milliseconds. */
export interface CreationLimits {
  readonly graphDeadline: number;
  readonly giveUpAfter: number;
}

export interface CreateNowDependencies {
  readonly createExternalGroup: CreateExternalGroup;
  readonly defer: Defer;
  readonly telemetry: Telemetry;
  readonly limits: CreationLimits;
  readonly runtime: Runtime;
}

/** Creates the group while the caller waits, or keeps the creation for the queue worker. */
export function createCreateNow(dependencies: CreateNowDependencies): CreateNow {
  const { createExternalGroup, defer, telemetry, limits, runtime } = dependencies;
  const { clock } = runtime;
  return async function createNow(request) {
    const { connectionId, group, preference, trace, log } = request;
    const operationId = operationIdOf(connectionId, group);
    const subject = { connectionId, groupId: group.id, operationId };
    const keep = { connectionId, group, trace, log };
    const deadline = deadlineFor(limits.graphDeadline, preference.wait);
    const patience = preference.respondAsync && preference.wait === null ? 0 : deadline;

    // By then storage must have kept the creation; otherwise the caller gets an error.
    const answerBy = clock.monotonic() + deadline + graceOfAnswer;
    const timeLeft = () => answerBy - clock.monotonic();

    if (patience <= 0) {
      const notAttempted = { attempts: 0, uncertain: false, delay: 0, problem: null } as const;
      const operation = await defer({ ...keep, ...notAttempted, reason: 'requested', within: timeLeft() });
      const fields = eventFields(subject, 'http', 0, null);
      telemetry.event('ExternalGroupDeferred', { ...fields, reason: 'requested' }, trace);
      return { kind: 'accepted', operation };
    }

    const startedAt = clock.monotonic();
    const { outcome, isCutShort } = await attemptWithin(
      patience,
      (signal) => createExternalGroup(connectionId, group, { signal, trace, uncertain: false, urgent: true }),
      clock,
    );
    const duration = clock.monotonic() - startedAt;
    telemetry.metric('externalGroups.create.duration', duration, { source: 'http', outcome: outcome.kind });
    const graph = 'graph' in outcome ? outcome.graph : null;
    const { http, queue } = creationPolicy[outcome.kind];
    if (http === 'answer') {
      const event = eventOf(outcome);
      if (event !== undefined) telemetry.event(event, eventFields(subject, 'http', 1, graph), trace);
      return { kind: 'answered', outcome };
    }

    if ('why' in outcome && queue.reason === 'unavailable')
      log('warn', `operation ${operationId}: deferred; ${outcome.why}`);
    const attempts = wasTried(outcome) ? 1 : 0;
    const giveUpAfter = limits.giveUpAfter / 1000;
    const circumstances = { attempts, age: 0, giveUpAfter, random: runtime.random() };
    // If the caller shortened the deadline, a timeout means nothing about Graph.
    const reason = preference.respondAsync && isCutShort ? 'requested' : queue.reason;
    const operation = await defer({
      ...keep,
      reason,
      attempts,
      uncertain: 'uncertain' in outcome && outcome.uncertain,
      delay: delayBefore(queue.backoff, { retryAfter: retryAfterOf(outcome) }, circumstances),
      problem: problemOfCreation(outcome, group),
      within: timeLeft(),
    });
    const fields = eventFields(subject, 'http', attempts, graph);
    telemetry.event('ExternalGroupDeferred', { ...fields, reason }, trace);
    return { kind: 'accepted', operation };
  };
}
