import type { GroupRecord, MemberRecord } from '../../src/ledger/core/group-record.ts';
import { count, shortTime } from '../terminal/printable.ts';
import { codeOf } from './format.ts';

/** One step of an explanation, in the order in which a change is processed. */
export interface Step {
  readonly id:
    | 'adapter'
    | 'graph-connection'
    | 'graph-group'
    | 'record'
    | 'connection'
    | 'group'
    | 'members'
    | 'next';
  readonly title: string;
  readonly status: 'passed' | 'waiting' | 'failed' | 'unknown' | 'skipped';
  readonly seen: string;
  /** What to do. */
  readonly fix?: string;
}

const connectionCodes = new Set(['connection-not-found', 'graph-access-denied']);
const groupCodes = new Set(['group-not-found', 'graph-rejected', 'group-conflict']);

/** The state of a group, from its record and from members that are not as declared. */
export function explain(
  record: GroupRecord,
  different: readonly MemberRecord[],
  now: number,
): readonly Step[] {
  return [
    describeRecord(record),
    describeConnection(record),
    describeGroupItself(record),
    describeMembers(record, different),
    describeNext(record, now),
  ];
}

function describeRecord({ deleted, lastChangedDateTime, sequence }: GroupRecord): Step {
  const shall = deleted ? 'should not exist' : 'should exist';
  const numbered = sequence === undefined ? '' : `, sequence ${sequence}`;
  const seen = `It ${shall}; last changed ${shortTime(lastChangedDateTime)}${numbered}.`;
  return { id: 'record', title: 'The group is declared', status: 'passed', seen };
}

function describeConnection(record: GroupRecord): Step {
  const title = 'Graph lets the adapter write to the connection';
  const code = codeOf(record.error);
  if (connectionCodes.has(code))
    return {
      id: 'connection',
      title,
      status: 'failed',
      seen: `${code}: ${record.error?.detail ?? ''}`,
      fix: 'See the code in docs/problems.md; then: external-groups groups retry.',
    };
  if (record.lastAppliedDateTime === undefined)
    return { id: 'connection', title, status: 'unknown', seen: 'Nothing of this group was applied yet.' };
  return {
    id: 'connection',
    title,
    status: 'passed',
    seen: `Last applied ${shortTime(record.lastAppliedDateTime)}.`,
  };
}

function describeGroupItself(record: GroupRecord): Step {
  const title = record.deleted ? 'The group is gone from Graph' : 'The group is in Graph';
  const code = codeOf(record.error);
  if (groupCodes.has(code))
    return {
      id: 'group',
      title,
      status: 'failed',
      seen: `${code}: ${record.error?.detail ?? ''}`,
      fix:
        code === 'group-not-found'
          ? 'Declare the group itself with PUT; its members are recorded and follow.'
          : 'See the code in docs/problems.md, and declare the group in a form that Graph accepts.',
    };
  if (record.state === 'applied' || record.members.applied > 0)
    return { id: 'group', title, status: 'passed', seen: 'Graph has confirmed it.' };
  return record.state === 'applying'
    ? { id: 'group', title, status: 'waiting', seen: 'It is in progress.' }
    : { id: 'group', title, status: 'unknown', seen: 'Graph has not confirmed it.' };
}

function describeMembers({ members }: GroupRecord, different: readonly MemberRecord[]): Step {
  const title = 'The members are as declared';
  const { applied, applying, failed } = members;
  if (applying + failed === 0)
    return { id: 'members', title, status: 'passed', seen: `${count(applied, 'member')}, all confirmed.` };
  const codes = new Map<string, number>();
  for (const { state, error } of different)
    if (state === 'failed') codes.set(codeOf(error), (codes.get(codeOf(error)) ?? 0) + 1);
  const why = [...codes].map(([code, times]) => `${times} ${code}`).join(', ');
  const seen = `${applied} confirmed, ${applying} under way, ${failed} failed${why === '' ? '' : ` (${why})`}.`;
  return failed > 0
    ? {
        id: 'members',
        title,
        status: 'failed',
        seen,
        fix: 'List them with: external-groups groups members ID --state failed. Correct them at their source, then: groups retry.',
      }
    : { id: 'members', title, status: 'waiting', seen };
}

function describeNext({ state, nextAttemptDateTime, error }: GroupRecord, now: number): Step {
  const title = 'Nothing is left to do';
  if (state === 'applied') return { id: 'next', title, status: 'passed', seen: 'There is no work left.' };
  if (state === 'failed')
    return {
      id: 'next',
      title,
      status: 'failed',
      seen: 'Nothing is in progress, and something failed.',
      fix: 'Once the cause is fixed: external-groups groups retry ID.',
    };
  const why = error === undefined ? 'an earlier write may still take effect, or it is queued' : codeOf(error);
  if (nextAttemptDateTime === undefined)
    return { id: 'next', title, status: 'waiting', seen: 'The work is in progress.' };
  const seconds = Math.max(0, Math.ceil((Date.parse(nextAttemptDateTime) - now) / 1000));
  const when = `Next attempt ${shortTime(nextAttemptDateTime)}, in ${seconds} s`;
  return { id: 'next', title, status: 'waiting', seen: `${when}: ${why}.` };
}
