import type { Outcome } from '../groups/outcome.ts';
import { backoffs, type QueueRule } from '../queue/policy.ts';
import type { EventName } from '../telemetry/telemetry.ts';

/** The group was deleted here after the creation was queued: Graph is not called. */
export interface Superseded {
  readonly kind: 'superseded';
}

/** The possible outcomes of one attempt at a queued creation. */
export type CreationOutcome = Outcome | Superseded;

export interface CreationRule {
  /** `answer`: respond at once; `defer`: respond 202 and queue the creation. */
  readonly http: 'answer' | 'defer';
  readonly queue: QueueRule;
  /** The event for an outcome that is final with it. */
  readonly event?: EventName;
}

const { outage, roleGrant } = backoffs;

const unavailable = {
  http: 'defer',
  queue: { do: 'reschedule', reason: 'unavailable', giveUpCode: 'gave-up', backoff: outage },
} as const;

/** For each outcome of an attempt, what the HTTP function and the queue worker do: the whole policy. */
export const creationPolicy = {
  created: { http: 'answer', queue: { do: 'complete' }, event: 'ExternalGroupCreated' },
  unchanged: { http: 'answer', queue: { do: 'complete' }, event: 'ExternalGroupUnchanged' },
  conflict: {
    http: 'answer',
    queue: { do: 'dead-letter', code: 'group-conflict' },
    event: 'ExternalGroupConflict',
  },
  absent: { http: 'answer', queue: { do: 'dead-letter', code: 'connection-not-found' } },
  refused: { http: 'answer', queue: { do: 'dead-letter', code: 'graph-rejected' } },
  superseded: { http: 'answer', queue: { do: 'dead-letter', code: 'superseded' } },
  denied: {
    http: 'answer',
    queue: { do: 'reschedule', reason: 'denied', giveUpCode: 'graph-access-denied', backoff: roleGrant },
  },
  throttled: {
    http: 'defer',
    queue: { do: 'reschedule', reason: 'throttled', giveUpCode: 'gave-up', backoff: outage },
  },
  'not-begun': unavailable,
  silent: unavailable,
} as const satisfies { readonly [kind in CreationOutcome['kind']]: CreationRule };

/** The event for an outcome; undefined: it has none, because it is not final with this attempt. */
export function eventOf({ kind }: Pick<CreationOutcome, 'kind'>): EventName | undefined {
  const rule: CreationRule = creationPolicy[kind];
  return rule.event;
}

/** False if our own limiter refused the call before it reached Graph: not an attempt, whatever the age. */
export function wasTried(outcome: CreationOutcome): boolean {
  return outcome.kind !== 'throttled' || outcome.graph !== null;
}

export function retryAfterOf(outcome: CreationOutcome): number | null {
  return 'retryAfter' in outcome ? outcome.retryAfter : null;
}
