import type { GroupRecord, MemberRecord } from '../../src/ledger/core/group-record.ts';
import { count, printable, shortTime } from '../terminal/printable.ts';
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

/** What is known of a group besides its record. */
export interface Known {
  /** False: only members were declared; null: not known. */
  readonly isDeclared: boolean | null;
  /** The members that Graph refused, or some of them. */
  readonly refused: readonly MemberRecord[];
  readonly now: number;
}

const connectionCodes = new Set(['connection-not-found', 'graph-access-denied']);
const groupCodes = new Set(['group-not-found', 'graph-rejected', 'group-conflict']);

/** The state of a group as far as the ledger shows it. */
export function explain(record: GroupRecord, known: Known): readonly Step[] {
  return [
    describeRecord(record, known),
    describeConnection(record, known),
    describeGroupItself(record, known),
    describeMembers(record, known),
    describeNext(record, known),
  ];
}

function describeRecord(record: GroupRecord, { isDeclared }: Known): Step {
  const { deleted, lastChangedDateTime, sequence } = record;
  const step = { id: 'record', title: 'The group is declared' } as const;
  const numbered = sequence === undefined ? '' : `, sequence ${sequence}`;
  const changed = `last changed ${shortTime(lastChangedDateTime)}${numbered}`;
  if (isDeclared === false)
    return {
      ...step,
      status: 'skipped',
      seen: `Nobody has declared the group itself, only its members; ${changed}.`,
      fix: declareIt,
    };
  if (isDeclared === null)
    return {
      ...step,
      status: 'unknown',
      seen: `It has no properties; this key does not show whether the group itself was declared; ${changed}.`,
    };
  return { ...step, status: 'passed', seen: `It should ${deleted ? 'be absent' : 'exist'}; ${changed}.` };
}

const declareIt =
  'If the adapter should create it, declare it with PUT, or with: external-groups groups apply. Its members are recorded and follow.';

function describeConnection(record: GroupRecord, known: Known): Step {
  const step = { id: 'connection', title: 'Graph lets the adapter write to the connection' } as const;
  const code = codeOf(record.error);
  if (connectionCodes.has(code))
    return {
      ...step,
      status: 'failed',
      seen: describeError(record),
      fix: `See the code in docs/problems.md. ${afterwards(record)}`,
    };
  const applied = record.lastAppliedDateTime;
  return applied === undefined || !hasGraphConfirmed(record, known)
    ? { ...step, status: 'unknown', seen: 'Graph has not confirmed anything about this group so far.' }
    : { ...step, status: 'passed', seen: `Graph last confirmed a change ${shortTime(applied)}.` };
}

/** Whether the record proves that Graph was asked about the group, and agreed. */
function hasGraphConfirmed({ state, deleted, members }: GroupRecord, { isDeclared }: Known): boolean {
  return members.applied > 0 || (state === 'applied' && (deleted || isDeclared === true));
}

function describeGroupItself(record: GroupRecord, known: Known): Step {
  const title = record.deleted ? 'The group is gone from Graph' : 'The group is in Graph';
  const step = { id: 'group', title } as const;
  const code = codeOf(record.error);
  if (groupCodes.has(code))
    return {
      ...step,
      status: 'failed',
      seen: describeError(record),
      fix:
        code === 'group-not-found'
          ? declareIt
          : 'See the code in docs/problems.md, and declare the group in a form that Graph accepts.',
    };
  if (hasGraphConfirmed(record, known)) {
    const what = record.state === 'applied' && known.isDeclared === true ? 'it' : 'members of it';
    return { ...step, status: 'passed', seen: `Graph has confirmed ${what}.` };
  }
  if (record.state === 'applying') return { ...step, status: 'waiting', seen: 'It is in progress.' };
  const seen =
    record.state === 'applied' ? 'Graph was not asked about it.' : 'Graph has not confirmed it so far.';
  return { ...step, status: 'unknown', seen };
}

function describeMembers(record: GroupRecord, { refused }: Known): Step {
  const { members } = record;
  const step = { id: 'members', title: 'The members are as declared' } as const;
  const { applied, applying, failed } = members;
  if (applied + applying + failed === 0)
    return { ...step, status: 'passed', seen: 'It should have no members.' };
  if (applying + failed === 0)
    return { ...step, status: 'passed', seen: `${count(applied, 'member')}, all confirmed.` };
  const codes = new Map<string, number>();
  for (const { state, error } of refused)
    if (state === 'failed') codes.set(codeOf(error), (codes.get(codeOf(error)) ?? 0) + 1);
  const why = [...codes].map(([code, times]) => `${times} ${code}`).join(', ');
  const seen = `${applied} confirmed, ${applying} in progress, ${failed} failed${why === '' ? '' : ` (${why})`}.`;
  return failed > 0
    ? {
        ...step,
        status: 'failed',
        seen,
        fix: `List them with: ${commandFor(record, 'members')} --state failed. Correct them at their source and declare them again.`,
      }
    : { ...step, status: 'waiting', seen };
}

function describeNext(record: GroupRecord, { now }: Known): Step {
  const { state, nextAttemptDateTime, error } = record;
  const step = { id: 'next', title: 'All work is done' } as const;
  if (state === 'applied') return { ...step, status: 'passed', seen: 'The adapter has no work left.' };
  if (nextAttemptDateTime !== undefined) {
    const seconds = Math.max(0, Math.ceil((Date.parse(nextAttemptDateTime) - now) / 1000));
    const why =
      error === undefined ? 'an earlier write may still take effect, or it is queued' : codeOf(error);
    const seen = `The next attempt is due ${shortTime(nextAttemptDateTime)}, in ${seconds} s: ${why}.`;
    return { ...step, status: 'waiting', seen };
  }
  return state === 'failed'
    ? {
        ...step,
        status: 'failed',
        seen: 'The adapter has stopped: something failed.',
        fix: afterwards(record),
      }
    : { ...step, status: 'waiting', seen: 'The work is in progress.' };
}

/** What to do once the cause is gone: nothing where the adapter tries again by itself. */
function afterwards(record: GroupRecord): string {
  return record.state === 'failed' && record.nextAttemptDateTime === undefined
    ? `Once the cause is gone: ${commandFor(record, 'retry')}`
    : 'Once the cause is gone, the adapter continues by itself.';
}

/** A command about this group, ready to paste. */
export function commandFor(
  { connectionId, id }: Pick<GroupRecord, 'connectionId' | 'id'>,
  command: 'members' | 'reassert' | 'retry',
): string {
  return `external-groups groups ${command} ${id} --connection ${connectionId}`;
}

function describeError({ error }: GroupRecord): string {
  return `${codeOf(error)}: ${printable(error?.detail ?? '', 300)}`;
}
