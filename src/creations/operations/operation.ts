import type { ExternalGroup } from '../../groups/external-group.ts';
import { operationIdOf } from '../../groups/operation-id.ts';
import type { PostponementReason } from '../../groups/reasons.ts';
import type { ProblemDetails } from '../../problems/problem.ts';

export const operationStatuses = ['notStarted', 'running', 'succeeded', 'failed'] as const;
export type OperationStatus = (typeof operationStatuses)[number];

/** What a caller may see of a deferred creation. Times are ISO 8601 in UTC. */
export interface Operation {
  readonly id: string;
  readonly status: OperationStatus;
  readonly connectionId: string;
  readonly groupId: string;
  readonly reason: PostponementReason;
  readonly createdDateTime: string;
  readonly lastActionDateTime: string;
  /** Attempts made against Graph. */
  readonly attempts: number;
  readonly nextAttemptDateTime?: string;
  /** The group's URL in Graph, once it has succeeded. */
  readonly resourceLocation?: string;
  /** Why it failed, or why it has not succeeded yet. */
  readonly error?: ProblemDetails;
}

export function operationPath(operationId: string): string {
  return `/api/operations/${operationId}`;
}

export function isFinal({ status }: Pick<Operation, 'status'>): boolean {
  return status === 'succeeded' || status === 'failed';
}

/** Whole seconds until polling again makes sense, between 1 s and 5 min. */
export function secondsUntilNews(operation: Operation, now: number): number {
  const next = operation.nextAttemptDateTime === undefined ? now : Date.parse(operation.nextAttemptDateTime);
  return Math.min(300, Math.max(1, Math.ceil((next - now) / 1000)));
}

interface OperationFacts extends Pick<Operation, 'status' | 'connectionId' | 'reason' | 'attempts'> {
  readonly group: ExternalGroup;
  /** When it was first queued, and now: ISO 8601. */
  readonly queuedAt: string;
  readonly at: string;
}

/** The operation of a creation, in any of its states. */
export function toOperation(
  { group, queuedAt, at, ...facts }: OperationFacts,
  more: Pick<Operation, 'nextAttemptDateTime' | 'resourceLocation' | 'error'> = {},
): Operation {
  return {
    id: operationIdOf(facts.connectionId, group),
    ...facts,
    groupId: group.id,
    createdDateTime: queuedAt,
    lastActionDateTime: at,
    ...more,
  };
}
