import type { PostponementReason } from '../groups/reasons.ts';
import type { EventFields, Log } from '../telemetry/telemetry.ts';
import type { AppliedAnswers } from './core/apply-answers.ts';
import { failureOf } from './core/group-record.ts';
import { emptyTotals, type Failure, type Head, sumOf, type Totals } from './core/head.ts';
import type { NamesSeen } from './core/named-members.ts';
import { isDenied } from './core/progress.ts';
import type { LedgerPorts } from './ports.ts';

interface ReportOptions {
  readonly source: 'http' | 'queue';
  readonly log: Log;
}

/** Reports the result of a round, once it is written. No member is named, only how many. */
export function reportRound(
  { context: { telemetry } }: Pick<LedgerPorts, 'context'>,
  head: Head,
  { confirmed, rest }: AppliedAnswers,
  { source, log }: ReportOptions,
): void {
  if (confirmed > 0) telemetry.metric('externalGroups.members.applied', confirmed, {});
  if (rest === null) {
    // Retried automatically, but an operator must act: reported once, with the first refusal.
    if (isDenied(head) && head.attempts === 1) reportFailure(head, telemetry, { source, log });
    return;
  }
  const { totals, age, isSettled } = rest;
  const { added, removed } = totals;
  const change = totals.change ?? (added + removed > 0 ? 'members' : null);
  const fields = fieldsOf(head, source);
  if (change !== null)
    telemetry.event('ExternalGroupChanged', { ...fields, change, added, removed }, head.trace);
  if (isSettled) {
    telemetry.metric('externalGroups.change.age', age, {});
    return;
  }
  reportFailure(head, telemetry, { source, log }, totals);
}

/** Reports that a group has failed; `totals`: what was confirmed of the change before it did. */
export function reportFailure(
  head: Head,
  telemetry: LedgerPorts['context']['telemetry'],
  { source, log }: ReportOptions,
  { added, removed }: Pick<Totals, 'added' | 'removed'> = emptyTotals,
): void {
  const failure = failureOf(head);
  telemetry.event(
    'ExternalGroupFailed',
    {
      ...fieldsOf(head, source),
      added,
      removed,
      ...(failure === null ? {} : { code: failure.code }),
      ...graphFieldsOf(failure),
    },
    head.trace,
  );
  log('warn', `group ${head.groupId} of ${head.connectionId} failed: ${failure?.code ?? 'unknown'}`);
}

/** Reports that a group is waiting because Graph did not accept the work; `now`: storage time. */
export function reportWait(
  { context: { telemetry } }: Pick<LedgerPorts, 'context'>,
  head: Head,
  now: number,
  { source, log }: ReportOptions,
): void {
  const { error, notBefore, unsettledSince, connectionId, groupId } = head;
  if (error === null || notBefore <= now) return;
  const reason = reasonOf(error);
  const age = unsettledSince === 0 ? 0 : Math.max(0, now - unsettledSince);
  telemetry.event(
    'ExternalGroupPostponed',
    { ...fieldsOf(head, source), reason, code: error.code, age, ...graphFieldsOf(error) },
    head.trace,
  );
  log(
    'info',
    `group ${groupId} of ${connectionId} waits ${Math.ceil((notBefore - now) / 1000)} s: ${reason}`,
  );
}

function reasonOf({ code, members }: Failure): PostponementReason {
  if (members.graph?.status === 429) return 'throttled';
  return code === 'graph-access-denied' ? 'denied' : 'unavailable';
}

function graphFieldsOf(failure: Failure | null) {
  const graph = failure?.members.graph;
  return {
    ...(graph === undefined ? {} : { graphStatus: graph.status }),
    ...(graph?.code ? { graphCode: graph.code } : {}),
    ...(graph?.requestId ? { graphRequestId: graph.requestId } : {}),
  };
}

export function fieldsOf(head: Head, source: 'http' | 'queue'): EventFields {
  const { connectionId, groupId, attempts } = head;
  return { connectionId, groupId, source, operationId: '', attempts, failed: sumOf(head, 'failed') };
}

/** Reports how many members were removed because another user has their name now; names no one. */
export function reportNames(
  { context: { telemetry } }: Pick<LedgerPorts, 'context'>,
  head: Head,
  { reassigned }: NamesSeen,
  { source }: Pick<ReportOptions, 'source'>,
): void {
  if (reassigned === 0) return;
  telemetry.event(
    'ExternalGroupNameReassigned',
    { ...fieldsOf(head, source), removed: reassigned },
    head.trace,
  );
}
