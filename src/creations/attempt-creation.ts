import type { CreateExternalGroup } from '../graph/create-external-group.ts';
import type { Postponable } from '../groups/outcome.ts';
import { describeError } from '../problems/adapter-error.ts';
import type { WorkItem } from '../queue/work-item.ts';
import type { Runtime } from '../shared/runtime.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { attemptWithin } from './attempt.ts';
import type { Creation } from './message.ts';
import type { CreationOutcome } from './policy.ts';

/**
 * Whether the ledger says that a group was deleted here after `queuedOn`, by the clock of the queue (milliseconds): a
 * creation queued before the deletion is superseded. Rejects if the ledger cannot be read.
 */
export type GroupIsGoneSince = (connectionId: string, groupId: string, queuedOn: number) => Promise<boolean>;

export interface AttemptDependencies {
  readonly createExternalGroup: CreateExternalGroup;
  readonly groupIsGoneSince: GroupIsGoneSince;
  readonly telemetry: Telemetry;
  readonly runtime: Runtime;
  /** Milliseconds that one attempt may take. */
  readonly graphDeadline: number;
}

/** One attempt at a queued creation. */
export type AttemptCreation = (item: WorkItem<Creation>) => Promise<CreationOutcome>;

/** The time of work whose queueing is unknown: every deletion may have come after it. */
const longAgo = new Date(0).toISOString();

export function createAttemptCreation(dependencies: AttemptDependencies): AttemptCreation {
  const { createExternalGroup, groupIsGoneSince, telemetry, runtime, graphDeadline } = dependencies;

  /** Null: call Graph. */
  async function askLedger({ content, firstQueued, isOverdue, uncertain }: WorkItem<Creation>) {
    try {
      const { connectionId, group } = content;
      const isGone = await groupIsGoneSince(connectionId, group.id, Date.parse(firstQueued ?? longAgo));
      return isGone ? ({ kind: 'superseded' } as const) : null;
    } catch (thrown) {
      // Better late than in conflict with a deletion; but an unreadable ledger must not hold work back forever.
      if (isOverdue) return null;
      const why = `the ledger cannot be read: ${describeError(thrown)}`;
      return { kind: 'not-begun', why, graph: null, retryAfter: null, uncertain } satisfies Postponable;
    }
  }

  return async function attemptCreation(item) {
    const { content, trace, uncertain, age } = item;
    const startedAt = runtime.clock.monotonic();
    telemetry.metric('externalGroups.queue.age', age, {});
    const answer = await askLedger(item);
    if (answer !== null) return answer;
    const { connectionId, group } = content;
    const { outcome } = await attemptWithin(
      graphDeadline,
      (signal) => createExternalGroup(connectionId, group, { signal, trace, uncertain, urgent: false }),
      runtime.clock,
    );
    const duration = runtime.clock.monotonic() - startedAt;
    telemetry.metric('externalGroups.create.duration', duration, { source: 'queue', outcome: outcome.kind });
    return outcome;
  };
}
