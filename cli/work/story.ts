import type { Operation } from '../../src/creations/operations/operation.ts';
import type { GroupRecord } from '../../src/ledger/core/group-record.ts';
import type { Letter } from '../dead-letters/letter.ts';
import type { GroupName } from '../groups/file/desired-group.ts';
import { codeOf } from '../groups/format.ts';
import { count, printable, shortTime } from '../terminal/printable.ts';
import type { PeekedMessage } from './queues.ts';

/** Something that happened to a group, or is about to. */
export interface Event {
  /** ISO 8601. */
  readonly at: string;
  readonly where: 'ledger' | 'operation' | 'queue' | 'dead-letter';
  readonly what: string;
  /** The id that other commands take. */
  readonly id?: string;
}

/** Everything that storage tells of a group. */
interface Traces {
  readonly record: GroupRecord | null;
  readonly operations: readonly Operation[];
  readonly messages: readonly PeekedMessage[];
  readonly letters: readonly Letter[];
}

/** The story of a group in the order in which things happened. */
export function storyOf({ record, operations, messages, letters }: Traces): readonly Event[] {
  return [
    ...(record === null ? [] : ofRecord(record)),
    ...operations.flatMap(ofOperation),
    ...messages.map(ofMessage),
    ...letters.map(ofLetter),
  ].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function ofRecord(record: GroupRecord): Event[] {
  const { state, deleted, members, lastChangedDateTime, lastAppliedDateTime, nextAttemptDateTime } = record;
  const error = record.error === undefined ? '' : `: ${codeOf(record.error)}`;
  const { applied, applying, failed } = members;
  const where = 'ledger' as const;
  return [
    {
      at: lastChangedDateTime,
      where,
      what: `last changed in the ledger (should ${deleted ? 'be absent' : 'exist'}): ${state}${error}; members ${applied} applied, ${applying} applying, ${failed} failed`,
    },
    ...(lastAppliedDateTime === undefined
      ? []
      : [{ at: lastAppliedDateTime, where, what: 'the last change was applied' }]),
    ...(nextAttemptDateTime === undefined
      ? []
      : [{ at: nextAttemptDateTime, where, what: 'the next attempt is due' }]),
  ];
}

function ofOperation(operation: Operation): Event[] {
  const { id, status, reason, attempts, createdDateTime, lastActionDateTime, nextAttemptDateTime } =
    operation;
  const error = operation.error === undefined ? '' : `: ${codeOf(operation.error)}`;
  const where = 'operation' as const;
  return [
    { at: createdDateTime, where, what: 'a creation was queued', id },
    {
      at: lastActionDateTime,
      where,
      what: `the creation is ${status}${error} (${reason}, ${count(attempts, 'attempt')})`,
      id,
    },
    ...(nextAttemptDateTime === undefined
      ? []
      : [{ at: nextAttemptDateTime, where, what: 'the next attempt of the creation is due', id }]),
  ];
}

function ofMessage({ insertedDateTime: at, queue, messageId }: PeekedMessage): Event {
  return { at, where: 'queue', what: `a message waits on ${queue}`, id: messageId };
}

function ofLetter({ deadLetteredDateTime: at, code, queue, messageId, revival }: Letter): Event {
  const suffix = 'obstacle' in revival ? ', cannot be redriven' : '';
  const what = `a message of ${printable(queue, 60)} became a dead letter: ${printable(code ?? 'unknown')}${suffix}`;
  return { at, where: 'dead-letter', what, id: messageId };
}

/** Ids that differ in case alone are one group. */
export function isAbout(
  name: GroupName,
  { connectionId, groupId }: { connectionId: unknown; groupId: unknown },
) {
  const same = (a: string, b: unknown) => typeof b === 'string' && a.toLowerCase() === b.toLowerCase();
  return same(name.connectionId, connectionId) && same(name.id, groupId);
}

/** What a message on a work or poison queue is about. */
export function subjectOf(value: unknown): { connectionId: unknown; groupId: unknown } {
  const { connectionId, groupId, group, data }: Record<string, unknown> = { ...toObject(value) };
  // A CloudEvent carries the change in it.
  if (connectionId === undefined && data !== undefined) return subjectOf(data);
  return { connectionId, groupId: groupId ?? toObject(group).id };
}

function toObject(value: unknown): { readonly id?: unknown } {
  return typeof value === 'object' && value !== null ? value : {};
}

export function describeEvent({ at, where, what, id }: Event): readonly [string, string, string] {
  return [shortTime(at), where, id === undefined ? what : `${what}  ${printable(id, 64)}`];
}
