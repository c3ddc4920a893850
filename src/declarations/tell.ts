import type { AppliedAnswers } from '../ledger/apply-answers.ts';
import type { Head } from '../ledger/head.ts';
import { sumOf } from '../ledger/head.ts';
import { failureOf } from '../ledger/to-record.ts';
import type { Log } from '../telemetry/log.ts';
import type { EventFields } from '../telemetry/telemetry.ts';
import type { DeclarationPorts } from './ports.ts';

interface Told {
  readonly source: 'http' | 'queue';
  readonly log: Log;
}

/** Tells what a round has come to, once it is written. No member is named, only how many. */
export function tellOfRound(
  { conduct: { telemetry } }: Pick<DeclarationPorts, 'conduct'>,
  head: Head,
  { confirmed, rest }: AppliedAnswers,
  { source, log }: Told,
): void {
  if (confirmed > 0) telemetry.metric('externalGroups.members.applied', confirmed, {});
  if (rest === null) return;
  const { tally, age, isSettled } = rest;
  const { added, removed } = tally;
  const change = tally.change ?? (added + removed > 0 ? 'members' : null);
  const fields = fieldsOf(head, source);
  if (change !== null)
    telemetry.event('ExternalGroupChanged', { ...fields, change, added, removed }, head.trace);
  if (isSettled) {
    telemetry.metric('externalGroups.change.age', age, {});
    return;
  }
  tellOfFailure(head, telemetry, { source, log });
}

/** Tells that a group has failed: nothing is done about it without a change or a retry. */
export function tellOfFailure(
  head: Head,
  telemetry: DeclarationPorts['conduct']['telemetry'],
  { source, log }: Told,
): void {
  const failure = failureOf(head);
  const graph = failure?.members.graph;
  telemetry.event(
    'ExternalGroupFailed',
    {
      ...fieldsOf(head, source),
      ...(failure === null ? {} : { code: failure.code }),
      ...(graph === undefined ? {} : { graphStatus: graph.status }),
      ...(graph?.code ? { graphCode: graph.code } : {}),
      ...(graph?.requestId ? { graphRequestId: graph.requestId } : {}),
    },
    head.trace,
  );
  log('warn', `group ${head.groupId} of ${head.connectionId} failed: ${failure?.code ?? 'unknown'}`);
}

export function fieldsOf(head: Head, source: 'http' | 'queue'): EventFields {
  const { connectionId, groupId, attempts } = head;
  return { connectionId, groupId, source, operationId: '', attempts, failed: sumOf(head, 'failed') };
}
