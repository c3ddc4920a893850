import type { CreateExternalGroup } from '../graph/create-external-group.ts';
import type { ExternalGroup } from '../groups/external-group.ts';
import { operationIdOf } from '../groups/operation-id.ts';
import type { Outcome } from '../groups/outcome.ts';
import { problemOf } from '../problems/outcome-problem.ts';
import type { Clock } from '../shared/clock.ts';
import type { Log } from '../telemetry/log.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import { delayBefore, policy, wasTried } from '../work/policy.ts';
import { attemptWithin } from './attempt.ts';
import type { Defer } from './defer.ts';
import { eventFields, settledEvents } from './events.ts';
import type { Operation } from './operations/operation.ts';

/** What the HTTP door hands over: valid, and from a caller who may. */
export interface Delivery {
  readonly connectionId: string;
  readonly group: ExternalGroup;
  /** `respondAsync`: a 202 is welcome; `wait`: milliseconds that the caller is ready to wait. */
  readonly preference: { readonly respondAsync: boolean; readonly wait: number | null };
  readonly trace: TraceContext;
  readonly log: Log;
}

export type DeliveryResult =
  | { readonly kind: 'answered'; readonly outcome: Outcome }
  | { readonly kind: 'accepted'; readonly operation: Operation };

export type CreateNow = (delivery: Delivery) => Promise<DeliveryResult>;

export interface CreateNowDependencies {
  readonly createExternalGroup: CreateExternalGroup;
  readonly defer: Defer;
  readonly telemetry: Telemetry;
  /** Milliseconds. */
  readonly graphDeadline: number;
  readonly giveUpAfter: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Milliseconds after the deadline for Graph in which storage must have kept the creation, or the caller hears no. */
const keepWithin = 2_000;

/** Creates the group while the caller waits, or keeps the creation for the queue worker. */
export function createCreateNow(dependencies: CreateNowDependencies): CreateNow {
  const { createExternalGroup, defer, telemetry, graphDeadline, giveUpAfter, clock, random } = dependencies;
  return async (delivery) => {
    const { connectionId, group, preference, trace, log } = delivery;
    const operationId = operationIdOf(connectionId, group);
    const fields = (attempts: number, outcome: Outcome | null) =>
      eventFields({ connectionId, groupId: group.id, operationId, source: 'http', attempts }, outcome);
    const keep = { connectionId, group, trace, log };
    const patience = Math.min(
      graphDeadline,
      preference.wait ?? (preference.respondAsync ? 0 : Number.POSITIVE_INFINITY),
    );

    const answerBy = clock.monotonic() + graphDeadline + keepWithin;
    const timeLeft = () => answerBy - clock.monotonic();

    if (patience <= 0) {
      const untried = { attempts: 0, uncertain: false, delay: 0, problem: null } as const;
      const operation = await defer({ ...keep, ...untried, reason: 'requested', within: timeLeft() });
      telemetry.event('ExternalGroupDeferred', { ...fields(0, null), reason: 'requested' }, trace);
      return { kind: 'accepted', operation };
    }

    const startedAt = clock.now();
    const { outcome, isCutShort } = await attemptWithin(
      patience,
      (signal) => createExternalGroup(connectionId, group, { signal, trace, uncertain: false, urgent: true }),
      clock,
    );
    telemetry.metric('externalGroups.create.duration', clock.now() - startedAt, {
      source: 'http',
      outcome: outcome.kind,
    });
    const { http, reason } = policy[outcome.kind];
    if (http === 'answer' || reason === null) {
      const event = settledEvents[outcome.kind];
      if (event !== undefined) telemetry.event(event, fields(1, outcome), trace);
      return { kind: 'answered', outcome };
    }

    if (outcome.kind === 'unavailable') log('warn', `operation ${operationId}: deferred; ${outcome.why}`);
    const attempts = wasTried(outcome) ? 1 : 0;
    const circumstances = { attempts, age: 0, giveUpAfter: giveUpAfter / 1000, random: random() };
    // Patience that the caller cut short says nothing about Graph.
    const shown = preference.respondAsync && isCutShort ? 'requested' : reason;
    const operation = await defer({
      ...keep,
      reason: shown,
      attempts,
      uncertain: 'uncertain' in outcome && outcome.uncertain,
      delay: delayBefore(outcome, circumstances),
      problem: problemOf(outcome, group),
      within: timeLeft(),
    });
    telemetry.event('ExternalGroupDeferred', { ...fields(attempts, outcome), reason: shown }, trace);
    return { kind: 'accepted', operation };
  };
}
