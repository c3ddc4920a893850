import type { CreateExternalGroup } from '../graph/create-external-group.ts';
import type { ExternalGroup } from '../groups/external-group.ts';
import type { Unavailable } from '../groups/outcome.ts';
import { describeError } from '../problems/adapter-error.ts';
import { problemOf } from '../problems/outcome-problem.ts';
import type { Cut } from '../queue/dead-letter.ts';
import type { SettlementRecords, Verdict, WorkKind, WorkProblem } from '../queue/kind.ts';
import type { Piece } from '../queue/piece.ts';
import type { Runtime } from '../shared/runtime.ts';
import { queueNames } from '../storage/queues.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { attemptWithin } from './attempt.ts';
import { cutGroup } from './cut-group.ts';
import { type Creation, type CreationRules, createReadCreation, toSubject } from './message.ts';
import { type CreationOutcome, creationPolicy, retryAfterOf, wasTried } from './policy.ts';
import { settledEvents } from './settled-events.ts';

/**
 * Whether the ledger says that a group was deleted here after `queuedOn`, by the clock of the queue (milliseconds): a
 * creation queued before the deletion is superseded. Rejects if the ledger cannot be read.
 */
export type GroupIsGoneSince = (connectionId: string, groupId: string, queuedOn: number) => Promise<boolean>;

export interface CreationKindDependencies {
  readonly createExternalGroup: CreateExternalGroup;
  readonly groupIsGoneSince: GroupIsGoneSince;
  readonly records: SettlementRecords<Creation>;
  readonly rules: CreationRules;
  readonly signals: { readonly telemetry: Telemetry; readonly runtime: Runtime };
}

/** Work of which it is unknown when it was queued: any deletion may have come after it. */
const longAgo = new Date(0).toISOString();

/** Queued creations as a kind of work. */
export function createCreationKind(
  dependencies: CreationKindDependencies,
): WorkKind<Creation, CreationOutcome> {
  const { createExternalGroup, groupIsGoneSince, records, rules, signals } = dependencies;
  const { telemetry, runtime } = signals;

  /** Null: call Graph. */
  async function askLedger({ content, firstQueued, isOverdue, uncertain }: Piece<Creation>) {
    try {
      const { connectionId, group } = content;
      const isGone = await groupIsGoneSince(connectionId, group.id, Date.parse(firstQueued ?? longAgo));
      return isGone ? ({ kind: 'superseded' } as const) : null;
    } catch (thrown) {
      // Better late than in conflict with a deletion; but an unreadable ledger must not hold work back forever.
      if (isOverdue) return null;
      const why = `the ledger cannot be read: ${describeError(thrown)}`;
      return { kind: 'unavailable', why, graph: null, retryAfter: null, uncertain } satisfies Unavailable;
    }
  }

  return {
    name: 'create-deferred-group',
    queue: queueNames.work,
    read: createReadCreation(rules),
    toMessage: ({ connectionId, group }) => ({
      connectionId,
      group,
      operationId: toSubject(connectionId, group).operationId,
    }),
    attempt: async function attemptCreation(piece, milliseconds) {
      const { content, trace, uncertain, age } = piece;
      const startedAt = runtime.clock.monotonic();
      telemetry.metric('externalGroups.queue.age', age, {});
      const answer = await askLedger(piece);
      if (answer !== null) return answer;
      const { connectionId, group } = content;
      const { outcome } = await attemptWithin(
        milliseconds,
        (signal) => createExternalGroup(connectionId, group, { signal, trace, uncertain, urgent: false }),
        runtime.clock,
      );
      const duration = runtime.clock.monotonic() - startedAt;
      telemetry.metric('externalGroups.create.duration', duration, {
        source: 'queue',
        outcome: outcome.kind,
      });
      return outcome;
    },
    judge: (outcome, { content }): Verdict => {
      const problem = describeProblem(outcome, content.group);
      const { graph, existing } = problem?.members ?? {};
      return {
        rule: creationPolicy[outcome.kind].queue,
        wasTried: wasTried(outcome),
        retryAfter: retryAfterOf(outcome),
        uncertain: 'uncertain' in outcome ? outcome.uncertain : null,
        problem,
        letter: {
          ...(graph === undefined ? {} : { graph }),
          ...(existing === undefined ? {} : { existing }),
        },
        graph: 'graph' in outcome ? outcome.graph : null,
        event: settledEvents[outcome.kind] ?? null,
        why: outcome.kind === 'unavailable' ? outcome.why : outcome.kind,
      };
    },
    records,
    cuts: creationCuts,
  };
}

/** Two groups of 32 KiB do not fit one message: the group that exists in Graph is dropped first. */
export const creationCuts: readonly Cut[] = [
  {
    name: 'existing',
    shorten: ({ error, ...letter }) => ({
      ...letter,
      error: { ...error, existing: cutGroup(error.existing) },
    }),
  },
  { name: 'group', shorten: (letter) => ({ ...letter, group: cutGroup(letter.group) }) },
];

function describeProblem(outcome: CreationOutcome, group: ExternalGroup): WorkProblem | null {
  if (outcome.kind !== 'superseded') return problemOf(outcome, group);
  const detail = 'The group was deleted here after the creation was queued.';
  return { code: 'superseded', detail, members: {} };
}
